"""Contacts: whether they may be made, and what was made."""
