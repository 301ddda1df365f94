"""Whether a repository is archived, disabled or abandoned, and since when."""
