"""Placing, charging, holding and closing accounts."""
