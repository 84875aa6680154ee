"""Webhooks: endpoints, deliveries, and what is sent."""
