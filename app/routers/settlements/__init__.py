"""The routes of settlements."""
