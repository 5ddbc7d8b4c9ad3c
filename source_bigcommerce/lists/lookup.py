"""Requests for single entries of a list, by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError, NotFound, PageTooHeavy
from source_bigcommerce.api.pagination import PageNumber, Params, Record
from source_bigcommerce.lists.client import ListClient
from source_bigcommerce.lists.embedded import PARENTS_PER_REQUEST, halves
from source_bigcommerce.lists.listing import Listing

_IDS = "id:in"


def find_by_ids(client: ListClient, endpoint: str, params: Params, keys: Sequence[Any], witness: Any) -> list[Record]:
    """Returns the entries of a list that exist among those with these ids.

    `witness` is the id of an entry that exists. Raises BigCommerceError if a response does not contain it, or contains
    entries that were not requested: such a response proves nothing.
    """
    size = PARENTS_PER_REQUEST - 1
    parts = (keys[start : start + size] for start in range(0, len(keys), size))
    return [entry for part in parts for entry in _find_some(client, endpoint, params, part, witness)]


def find_record(client: ListClient, endpoint: str, listing: Listing, key: Any) -> Record | None:
    """Returns the entry of a list that its own endpoint returns; None for 404. Raises BigCommerceError if a response
    contains no entry: only 404 means that it does not exist."""
    pagination = listing.pagination
    try:
        records = pagination.page(client.fetch(endpoint, {}), pagination.first()).records
    except NotFound:
        return None
    if len(records) != 1:
        raise BigCommerceError(f"{endpoint} returned {len(records)} records.", FailureType.system_error)
    return {**records[0], "id": key}


def _find_some(
    client: ListClient, endpoint: str, params: Params, keys: Sequence[Any], witness: Any
) -> Sequence[Record]:
    wanted = {*keys, witness}
    pagination = PageNumber(PARENTS_PER_REQUEST)
    query: Params = {**params, _IDS: ",".join(map(str, sorted(wanted)))}
    found: dict[Any, Record] = {}
    position: Params | None = pagination.first()
    try:
        while position is not None:
            page = pagination.page(client.fetch_list(endpoint, {**query, **position}), position)
            new = {entry.get("id"): entry for entry in page.records if entry.get("id") not in found}
            if not new.keys() <= wanted:
                raise _proves_nothing(f"{endpoint} ignores the filter {_IDS}")
            found |= new
            position = page.next if new else None
    except PageTooHeavy:
        if len(keys) == 1:
            raise
        return [entry for half in halves(keys) for entry in _find_some(client, endpoint, params, half, witness)]
    if witness not in found:
        raise _proves_nothing(f"{endpoint} does not return the record {witness} by its id, although its list does")
    return [entry for key, entry in found.items() if key in keys]


def _proves_nothing(reason: str) -> BigCommerceError:
    return BigCommerceError(f"{reason}.", FailureType.transient_error)
