"""Policy documents read: what a tenant writes, typed, or everything that is wrong in it."""
