"""The newcomer's demo: a local store is synced into DuckDB, edited, synced again, and compared with the copy.
dbt then builds the marts, and a report shows them.

    make demo

Every part is the real one: the connector through its installed command, PyAirbyte as the client, DuckDB as the
destination, dbt for the marts. Only the store is an imitation.
"""
