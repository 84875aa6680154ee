"""Settlements and their report."""
