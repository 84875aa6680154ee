"""Quoting, opening, deciding and reading plans."""
