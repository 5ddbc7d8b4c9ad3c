"""Comparison of a whole list with what earlier syncs emitted: deleted records, and changes that moved no date."""
