"""The dbt package `dbt/`, run on what PyAirbyte wrote into DuckDB and Postgres, and compared with the store itself."""
