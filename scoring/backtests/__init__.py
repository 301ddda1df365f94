"""How well scores would have predicted what happened."""
