"""The engine, prepared statements, types, what may be tried again, migrations."""
