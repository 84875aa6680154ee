"""The rules. Pure functions of facts, policy and dates: no clock, no I/O, no framework."""
