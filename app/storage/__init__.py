"""PostgreSQL, and the only place that speaks SQL. Rows stay here: what leaves is a domain value."""
