"""Saving policies, and asking what if."""
