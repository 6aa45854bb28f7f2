"""How many questions a decision takes: adaptive order, fixed order and the full interview over simulated prospects."""
