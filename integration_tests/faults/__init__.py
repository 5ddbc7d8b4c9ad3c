"""Every fault at every place of every kind of list, and what becomes of it: docs/reliability.md."""
