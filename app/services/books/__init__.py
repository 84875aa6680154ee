"""Ledger, journal, feed and credit report."""
