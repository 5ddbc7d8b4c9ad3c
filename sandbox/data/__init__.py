"""What the records of a store look like: bodies by kind, odd ones included, all from a seed."""
