"""How well messages are understood, and what each part of the pipeline buys. `docs/understanding.md` says what to run."""
