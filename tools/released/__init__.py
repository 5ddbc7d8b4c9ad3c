"""The output of the last released version, and the check that this one can replace it in a running connection.

`spec.json`, `catalog.json` and `version` are written at a release: `make released`. Until the first one they contain
the interface that it will have, so that nothing of it is lost by accident.
"""
