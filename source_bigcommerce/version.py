"""Version of the connector."""

__version__ = "1.0.0"
