"""Which frameworks and libraries a repository's code imports: pure, it asks nobody."""
