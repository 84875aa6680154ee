"""Endpoints that are told what happens: made, followed, sent to, sent to again."""
