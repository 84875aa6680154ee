"""Tables spread over many servers by tenant: how, by which functions, and whether all are."""
