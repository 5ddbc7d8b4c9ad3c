"""What the last released version printed, and whether this one can take its place in a running connection.

`spec.json`, `catalog.json` and `version` are written at a release: `make released`. Until the first one they hold
what it is going to promise, so that nothing of it is lost by accident.
"""
