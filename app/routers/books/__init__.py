"""The routes of books."""
