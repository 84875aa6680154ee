"""Payments, receipts, suspense and what was undone."""
