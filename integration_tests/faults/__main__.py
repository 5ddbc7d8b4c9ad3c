"""Plays every fault and writes docs/reliability.md: `make reliability` (four minutes)."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

from integration_tests.faults.catalogue import GROUPS
from integration_tests.faults.kinds import KINDS
from integration_tests.faults.table import Cell, cells, write

PAIRS = [
    (kind, group) for kind in range(len(KINDS)) for group in range(len(GROUPS))
]  # faults are functions: no pickles


def play(pair: tuple[int, int]) -> dict[str, Cell]:
    """The result of one kind of list under each fault of one group."""
    return cells(KINDS[pair[0]], GROUPS[pair[1]])


def main() -> None:
    found: dict[tuple[str, str], Cell] = {}
    with ProcessPoolExecutor() as processes:
        for (kind, group), played in zip(PAIRS, processes.map(play, PAIRS), strict=True):
            found |= {(KINDS[kind].title, fault): cell for fault, cell in played.items()}
            print(f"{KINDS[kind].title}: {GROUPS[group].title}", flush=True)
    write(found)


if __name__ == "__main__":
    main()
