"""The engine, prepared statements, types, the embedded server, migrations."""
