"""Nothing personal is stored or parsed before it went through here."""
