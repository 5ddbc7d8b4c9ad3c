"""Confirmation that records have been deleted: each is requested again, by its id where that is possible.

No record is deleted because of an error, a refusal, an empty response that may be a mistake, or a changed setting.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from airbyte_cdk.sources.types import Record as CdkRecord

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.pagination import Record
from source_bigcommerce.lists.incremental_reader import IncrementalListReader
from source_bigcommerce.lists.reader import concerns_one_entry
from source_bigcommerce.lists.slices import ListSlice
from source_bigcommerce.reconciliation.stream_comparison import StreamComparison
from source_bigcommerce.streams.stream import PerParentStream

_AT_ONCE = 500  # ids, whose entries are in memory together
_SAMPLE = 10  # ids that are requested by themselves if a list has become empty
_ADDRESSES = 300  # entries that are requested at their own addresses in one reconciliation

logger = logging.getLogger("airbyte")


class DeletionConfirmation:
    """Requests the missing records of the streams made from one list again.

    `witness` is the id of an entry that the list returned: a response to a request by ids must contain it, otherwise it
    proves nothing. `is_list_empty` is True until the list has returned an entry in this sync. `returned` are the ids of
    the entries that it returned, and whose embedded lists are read again if children are missing.
    """

    def __init__(
        self,
        reader: IncrementalListReader,
        comparisons: Sequence[StreamComparison],
        others_returned_records: Callable[[], bool],
    ) -> None:
        self.witness: Any = None
        self.is_list_empty = True
        self.returned: set[Any] = set()
        self._reader = reader
        self._comparisons = comparisons
        self._others_returned_records = others_returned_records

    def resolve(self) -> Iterator[CdkRecord]:
        """Yields the missing records that exist, and the deletions of the others."""
        for one in self._comparisons:
            one.hold_back(self.is_list_empty)
        missing = [one for one in self._comparisons if one.missing]
        if not missing:
            return
        try:
            if self.is_list_empty and not self._others_returned_records():
                raise BigCommerceError("the store has returned no record of any list")
            yield from self._request_again(missing)
        except BigCommerceError as error:
            for one in missing:
                logger.warning(
                    f"{len(one.missing):,} records of '{one.stream.name}' are not in its list, but are not deleted "
                    f"yet, as that could not be confirmed: {error.message}"
                )
                one.keep(one.missing)
        for one in missing:
            yield from one.delete_missing()

    def _request_again(self, missing: Sequence[StreamComparison]) -> Iterator[CdkRecord]:
        lists = self._reader.parents
        with_own_list = [one for one in missing if lists or isinstance(one.stream, PerParentStream)]
        existing = set(lists.keys()) if lists else set()  # the parents that have a list each
        # Of what may be a whole list. An entry without an id proves nothing: `to_records` raises an error for it.
        wanted = {None, *_parents_of(missing)}
        for entries in self._entries(missing):
            selected = [entry for entry in entries if self._reader.selects(entry)]
            excluded = {entry.get("id") for entry in entries} - {entry.get("id") for entry in selected}
            for one in missing:
                one.forget(excluded)
            if not lists:
                existing.update(entry.get("id") for entry in selected)
                selected = [entry for entry in selected if entry.get("id") in wanted]
            hidden = [entry for entry in selected if entry.get("id") not in self.returned]
            returned = [entry for entry in selected if entry.get("id") in self.returned]
            enricher = self._reader.enricher
            complete = [*enricher.complete(hidden), *enricher.complete(returned, reread_all=True)]
            for one in missing:
                for record in one.stream.to_records(complete):
                    yield from one.found_again(record)
        self._keep_existing(missing, existing)
        for one in missing:
            one.keep_those_of({*self._reader.unread, *self._reader.without_children})
        for one in with_own_list:
            one.hold_back_children(existing)

    def _keep_existing(self, missing: Sequence[StreamComparison], returned: Collection[Any]) -> None:
        """Keeps the records of entries that may exist at their own address, although neither request of the list
        returned them. Those that it `returned` are not requested; those that are too many now are kept until the next
        reconciliation."""
        if self._reader.listing.record_endpoint:
            parents = _parents_of(missing).difference(returned)
            # At random: the same ones, kept in each reconciliation, must not keep others from being requested.
            requested = random.sample(sorted(parents), min(len(parents), _ADDRESSES))
            absent = {parent for parent in requested if not self._may_exist(parent)}
            for one in missing:
                one.keep_those_of(parents - absent)

    def _may_exist(self, parent: Any) -> bool:
        """Returns False for an entry that is certainly not at its own address. Raises BigCommerceError if the error
        concerns other entries as well."""
        try:
            return self._reader.exists(parent)
        except BigCommerceError as error:
            if not concerns_one_entry(error):
                raise
            logger.info(
                f"It is not certain that the record {parent} of '{self._reader.name}' is deleted: {error.message}"
            )
            return True

    def _entries(self, missing: Sequence[StreamComparison]) -> Iterator[Sequence[Record]]:
        """Yields the entries that may contain the missing records, whatever the settings exclude. Raises
        BigCommerceError if the list contradicts itself."""
        parents = sorted(_parents_of(missing))
        if not self._reader.listing.finds_by_id:
            self._check_parents(parents, missing)
            unfiltered = missing[0].stream.new_reader()
            unfiltered.select_all_channels()
            yield from unfiltered.read_uncompleted(ListSlice())
            for one in missing:
                one.keep_those_of(set(unfiltered.unread))
            return
        witness = self._reader.any_id() if self.witness is None else self.witness
        if witness is None:
            for parent in parents[:: -(-len(parents) // _SAMPLE)]:
                if self._reader.find(parent) is not None:
                    raise BigCommerceError(f"the list is empty, although the record {parent} exists")
            return
        for start in range(0, len(parents), _AT_ONCE):
            yield self._reader.find_all(parents[start : start + _AT_ONCE], witness)

    def _check_parents(self, parents: Sequence[Any], missing: Sequence[StreamComparison]) -> None:
        """Leaves out the records of parents that exist, but whose lists the settings exclude."""
        lists = self._reader.parents
        if lists is None:
            return
        is_narrowed = self._reader.listing.depends_on_channels and bool(self._reader.store.config.channel_ids)
        others = set(parents) - set(lists.keys())
        existing = others if is_narrowed else {parent for parent in others if lists.exists(parent)}
        for one in missing:
            one.forget(existing)


def _parents_of(comparisons: Sequence[StreamComparison]) -> set[Any]:
    """Returns the ids of the entries of which records are missing."""
    return {key[0] for one in comparisons for key in one.missing}
