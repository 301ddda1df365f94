"""The commit log of a repository, read with the git program."""
