"""What goes on by itself beside requests: loops that take work with a lease, do it, record it."""
