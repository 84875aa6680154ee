"""The events of the feed: what each type carries, in one table."""
