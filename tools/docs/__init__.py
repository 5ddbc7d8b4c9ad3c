"""Generators of the tables and documents in `docs/`: `make docs`."""
