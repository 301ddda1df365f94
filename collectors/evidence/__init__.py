"""The pages that facts quote."""
