"""Use cases: load, decide, append. Plain functions; they never commit and know no HTTP."""
