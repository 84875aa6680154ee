"""Caches of reports: what days and months came to, kept so that nobody adds it up again."""
