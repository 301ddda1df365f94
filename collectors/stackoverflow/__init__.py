"""Stack Overflow's question counts and first answers."""
