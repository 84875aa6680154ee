"""Letters printed together, what the printer is given, and when they were posted."""
