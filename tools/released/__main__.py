"""Saves the interface of this version, with which the next one is compared: `make released`, as part of a release."""

from __future__ import annotations

from tools.released.snapshot import Snapshot

if __name__ == "__main__":
    now = Snapshot.of_this_version()
    now.keep()
    print(f"Kept the specification and the catalog of {now.version}.")
