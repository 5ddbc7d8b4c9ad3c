"""Plays every fault and writes docs/reliability.md: `make reliability` (three minutes)."""

from __future__ import annotations

from integration_tests.faults.table import Cell, all_pairs, cells, write


def main() -> None:
    found: dict[tuple[str, str], Cell] = {}
    for kind, group in all_pairs():
        found |= {(kind.title, fault): cell for fault, cell in cells(kind, group).items()}
        print(f"{kind.title}: {group.title}", flush=True)
    write(found)


if __name__ == "__main__":
    main()
