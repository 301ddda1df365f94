"""What a repository itself tells of the names under which its framework is known elsewhere."""
