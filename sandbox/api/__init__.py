"""Endpoints of the store, one module per domain of the API."""
