"""The routes of policies."""
