"""Endpoints, what is delivered to them, and each attempt."""
