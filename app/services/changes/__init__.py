"""Changing a plan that runs."""
