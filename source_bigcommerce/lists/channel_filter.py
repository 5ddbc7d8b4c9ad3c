"""The channels that the entries of a list belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from source_bigcommerce.api.normalization import to_integer
from source_bigcommerce.api.pagination import Params, Record


@dataclass(frozen=True)
class ChannelFilter:
    """The field of an entry that names its channels, and the query parameter that selects by it.

    `field` contains one channel or several; a dot leads to a nested field. An entry that names none, or the 0 of the
    store itself, belongs to all channels; so does one with an empty list, unless `empty_means_no_channel`. `parameter`
    is "" if none is documented, or if it would hide the entries of all channels; `is_required` if the API returns the
    entries of one channel without it.
    """

    field: str
    parameter: str = ""
    accepts_many: bool = True
    empty_means_no_channel: bool = False
    is_required: bool = False

    def params(self, chosen: Sequence[int]) -> Params:
        """Returns the query parameters for the chosen channels; none if only `matches` can select them."""
        if not self.parameter or not chosen or (len(chosen) > 1 and not self.accepts_many):
            return {}
        return {self.parameter: ",".join(map(str, chosen))}

    def matches(self, entry: Record, chosen: Sequence[int]) -> bool:
        """Returns True if an entry belongs to a chosen channel, or if its channel is unknown."""
        if not chosen:
            return True
        named = self._channels_of(entry)
        if named == [] and self.empty_means_no_channel:
            return False
        ids = [channel for one in named or () if (channel := to_integer(one))]
        return not ids or any(channel in chosen for channel in ids)

    def _channels_of(self, entry: Record) -> list[Any] | None:
        """The identifiers that an entry names; None where the field is absent."""
        value: Any = entry
        for step in self.field.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return None
        return [
            one.get("id") if isinstance(one, dict) else one for one in (value if isinstance(value, list) else [value])
        ]
