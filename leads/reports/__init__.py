"""What the reports say: figures with their denominators, and the words for them; pure, from rows."""
