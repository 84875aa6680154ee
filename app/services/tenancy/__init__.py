"""Tenants, keys and the installation."""
