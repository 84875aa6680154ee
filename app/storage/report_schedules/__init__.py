"""Reports made by the calendar, and brought to those who asked for them."""
