"""The feed, with what its events are about."""
