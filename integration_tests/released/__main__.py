"""Keeps what this version promises, for the next one to be compared with: `make released`, as part of a release."""

from __future__ import annotations

from integration_tests.released.snapshot import Snapshot

if __name__ == "__main__":
    now = Snapshot.of_this_version()
    now.keep()
    print(f"Kept the specification and the catalog of {now.version}.")
