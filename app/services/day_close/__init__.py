"""Closing the days of many accounts."""
