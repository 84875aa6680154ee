"""Whom, when and how may be contacted, and what a contact counts as."""
