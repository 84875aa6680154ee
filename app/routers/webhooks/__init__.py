"""Webhooks: endpoints, and the log of what was delivered to them."""
