"""Accounts, their facts and their persons."""
