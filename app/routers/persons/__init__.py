"""Persons, how they are reached, and what they said."""
