"""A store, its copies in the destinations, and the syncs between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from airbyte_cdk.models import AirbyteStateMessage, AirbyteStateMessageSerializer

from integration_tests.harness import CURSORS, INCREMENTAL, KEYS, Sync, sync
from integration_tests.mirror.destination import (
    DELETED_AT,
    DESTINATIONS,
    Row,
    deletions_of,
    differences,
    is_deletion,
)
from sandbox import Server


class Copy:
    """The copies of a store in all kinds of destination, which the same syncs keep.

    `config` are settings of all syncs, also of those that show the truth.
    """

    def __init__(self, server: Server, streams: Iterable[str] = INCREMENTAL, **config: Any) -> None:
        self.server = server
        self.streams = tuple(streams)
        self.config = config
        self.states: dict[str, dict[str, Any]] = {}
        self.destinations = [kind() for kind in DESTINATIONS]
        self.last = Sync()

    def sync(self, reconcile: str = "every_sync", *, fails: bool = False, **config: Any) -> Sync:
        """One sync that continues from the last one, applied to all destinations."""
        found = sync(
            self.server,
            self.streams,
            state=self.state(),
            reconcile=reconcile,
            **{"num_workers": 4, **self.config, **config},
        )
        assert fails or not found.failure, found.errors
        self.take(found)
        return found

    def take(self, found: Sync) -> None:
        """Applies the records of a sync, and keeps its states."""
        for stream, records in found.records.items():
            for record in filter(is_deletion, records):
                check_deletion(stream, record, self.states.get(stream))
            for destination in self.destinations:
                destination.apply(stream, records)
        self.states |= {stream: values[-1] for stream, values in found.states.items()}
        self.last = found

    def state(self) -> list[AirbyteStateMessage]:
        """The states of all streams, as the platform keeps them."""
        return [
            AirbyteStateMessageSerializer.load(
                {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": state}}
            )
            for name, state in self.states.items()
        ]

    def truth(self) -> dict[str, dict[Any, Row]]:
        """The content of the store, as a new sync from nothing reads it."""
        found = sync(self.server, self.streams, **{"num_workers": 4, **self.config}, reconcile="never")
        assert not found.failure, found.errors
        return {stream: found.latest(stream) for stream in self.streams}

    def differences(self, *kinds: str, truth: dict[str, dict[Any, Row]] | None = None) -> list[str]:
        """What differs between the store and its copies, in these kinds of destination or in all."""
        truth = self.truth() if truth is None else truth
        return [
            f"{destination.name}: {line}"
            for destination in self.destinations
            if not kinds or destination.name in kinds
            for line in differences({stream: destination.rows(stream) for stream in self.streams}, truth)
        ]

    @property
    def deleted(self) -> dict[str, set[Any]]:
        """The deletions of the last sync, by stream."""
        return deletions_of(self.last.records)

    def emitted(self, stream: str) -> list[Any]:
        """The keys of the records of the last sync that are no deletions."""
        return [tuple(one[name] for name in KEYS[stream]) for one in self.last.records[stream] if not is_deletion(one)]


def check_deletion(stream: str, record: Row, state: dict[str, Any] | None) -> None:
    """Asserts the form of a deletion: key, cursor and mark, the last two of the same instant, not before the state."""
    cursors = [name for name in CURSORS if name in record]
    assert len(cursors) == 1, f"{stream}: the deletion {record} has no cursor"
    assert set(record) == {*KEYS[stream], cursors[0], DELETED_AT}, f"{stream}: the deletion {record} has other fields"
    assert record[cursors[0]] == record[DELETED_AT], f"{stream}: the deletion {record} has two instants"
    assert datetime.fromisoformat(record[DELETED_AT].replace("Z", "+00:00")).tzinfo
    if state and cursors[0] in state:
        assert record[DELETED_AT] >= state[cursors[0]], f"{stream}: the deletion {record} is older than the state"


def ids(copy: Copy, kind: str) -> Sequence[int]:
    """The ids of the records of a kind in the store."""
    return copy.server.store.ids(kind)
