"""What runs inside the Rasa environment (Python 3.10)."""
