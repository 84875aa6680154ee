"""Whether and when a message leaves, and what became of it."""
