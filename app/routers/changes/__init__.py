"""The routes of changes."""
