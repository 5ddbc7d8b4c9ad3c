"""The newcomer's demo: a local store is synced into DuckDB, edited, synced again, and compared with the copy.

    make demo

Every part is the real one: the connector through its installed command, PyAirbyte as the client, DuckDB as the
destination. Only the store is an imitation.
"""
