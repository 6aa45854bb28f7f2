"""Custom actions of the Rasa bot (rasa-sdk): tracker in, one call of leads, events out."""
