"""The content of the records of a store: bodies by kind, odd ones included, all from a seed."""
