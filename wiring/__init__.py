"""Reading settings and building everything; nothing opens at import."""
