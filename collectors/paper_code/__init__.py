"""What the code of papers' repositories imports, by GraphQL or by clones: shared by the sources that read papers."""
