"""Offering, deciding and reading settlements."""
