"""HTTP and nothing else: one file a resource, and the few words all of them share."""
