"""The routes of reages."""
