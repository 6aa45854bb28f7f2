"""Pure scoring: facts, signals and a playbook in; scores, stage, route, next question and reasons out."""
