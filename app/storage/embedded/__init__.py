"""PostgreSQL beside the process: its programs, its settings, its user, who shares it."""
