"""A believable half-year to look at: invented prospects who go through the real use cases, each record marked as demo."""
