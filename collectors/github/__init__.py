"""GitHub's repositories, stars, commits and issues."""
