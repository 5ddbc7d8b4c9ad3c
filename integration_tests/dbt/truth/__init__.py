"""The key figures of each mart, computed from the sandbox's own world and never from a table."""
