"""Accepted papers of venues, the code that belongs to them, and what the code imports."""
