"""Granting re-ages, and judging them anew."""
