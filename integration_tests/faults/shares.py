"""The faults in two parts: a quick run plays each of them once, on the kinds of list in turn."""

from __future__ import annotations

from collections.abc import Iterator

from integration_tests.faults.catalogue import GROUPS, Fault, Group
from integration_tests.faults.kinds import KINDS, Kind


def quick_share() -> Iterator[tuple[Kind, Group]]:
    """Each kind of list with some of the faults; every fault is in one of these groups."""
    shares: dict[str, list[Fault]] = {kind.title: [] for kind in KINDS}
    for fault in (fault for group in GROUPS for fault in group.faults):
        meant = [kind for kind in KINDS if _has_meaning(fault, kind)]
        shares[min(meant, key=lambda kind: len(shares[kind.title])).title].append(fault)
    for kind in KINDS:
        yield kind, Group("one of each fault", tuple(shares[kind.title]))


def remainder() -> Iterator[tuple[Kind, Group]]:
    """Each kind of list with the faults of each group that are not in its quick share."""
    taken = {(kind.title, fault.title) for kind, group in quick_share() for fault in group.faults}
    for kind in KINDS:
        for group in GROUPS:
            yield kind, Group(group.title, tuple(f for f in group.faults if (kind.title, f.title) not in taken))


def _has_meaning(fault: Fault, kind: Kind) -> bool:
    is_placed = fault.positions is None or bool(set(fault.positions) & set(kind.positions))
    return is_placed and fault.make(kind) is not None
