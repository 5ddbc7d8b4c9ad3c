"""The documented parameters that select channels, and those that streams declare."""

from __future__ import annotations

from source_bigcommerce.lists.listing import ChannelParents
from source_bigcommerce.streams.stream import Stream
from tools.contract.documents import Documents

# Parameters that select by the channels in which a user can sign in, like those of customers, whose orders should find
# them; `channelId` of a shopping list is no list, although a user must be named with it.
_NOT_NARROWED = frozenset({"company_users"})


def differences(stream: Stream, documents: Documents) -> list[str]:
    """A documented parameter of which the stream says nothing, or one that it sends and that is not documented so."""
    if isinstance(stream.listing.parents, ChannelParents):
        return []  # which requests each channel
    parameters = documents.operation(stream.listing.endpoint).parameters()
    documented = {name: kind for name, kind in parameters.items() if "channel" in name}
    by = stream.listing.channel_filter
    if documented and by is None and stream.name not in _NOT_NARROWED:
        return [f"{stream.name}: {', '.join(documented)} could narrow it down to channels"]
    if by is None or not by.parameter:
        return []
    kinds = ("array",) if by.accepts_many else ("integer", "number")
    if documented.get(by.parameter) in kinds:
        return []
    return [f"{stream.name}: {by.parameter} is sent as {kinds[0]} and documented as {documented.get(by.parameter)}"]
