"""The words themselves, by language."""
