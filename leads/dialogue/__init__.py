"""One turn of a conversation: what was understood, what is stored, what is said and what is asked next."""
