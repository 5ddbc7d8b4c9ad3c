"""PyAirbyte as a client: the built package, two syncs into a DuckDB file, and SQL over what arrived."""
