"""Which entries of a list belong to the channels that the user chose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from source_bigcommerce.api.paging import Params, Record
from source_bigcommerce.api.values import integer


@dataclass(frozen=True)
class ByChannel:
    """How a list is narrowed down to some channels.

    `field` of an entry names its channel or its channels; a dot leads to a field inside another. What names none, or
    the 0 of the store itself, is of all channels; a list without any is so too, unless `empty_is_none`. `parameter`
    asks the store for the same, of one channel or of several at a time; "" where the documents have no such parameter,
    or where it would hide what is of all channels.
    """

    field: str
    parameter: str = ""
    takes_several: bool = True
    empty_is_none: bool = False

    def params(self, chosen: Sequence[int]) -> Params:
        """The query parameters that ask for the chosen channels; none where `selects` has to do alone."""
        if not self.parameter or not chosen or (len(chosen) > 1 and not self.takes_several):
            return {}
        return {self.parameter: ",".join(map(str, chosen))}

    def selects(self, entry: Record, chosen: Sequence[int]) -> bool:
        """Whether an entry belongs to a chosen channel. What it does not tell, nobody can know: it is kept."""
        if not chosen:
            return True
        named = self._channels_of(entry)
        if named == [] and self.empty_is_none:
            return False
        ids = [channel for one in named or () if (channel := integer(one))]
        return not ids or any(channel in chosen for channel in ids)

    def _channels_of(self, entry: Record) -> list[Any] | None:
        """The ids that an entry names; None where it names nothing."""
        value: Any = entry
        for step in self.field.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return None
        return [one.get("id") if isinstance(one, dict) else one for one in _listed(value)]


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]
