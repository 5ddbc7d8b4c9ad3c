"""The documented parameters that select channels, and those that streams declare."""

from __future__ import annotations

from source_bigcommerce.lists.listing import ChannelParents
from source_bigcommerce.streams.stream import Stream
from tools.contract.documents import Documents


def differences(stream: Stream, documents: Documents) -> list[str]:
    """A documented parameter of which the stream says nothing, or one that it sends and that is not documented so."""
    if isinstance(stream.listing.parents, ChannelParents):
        return []  # which requests each channel
    parameters = documents.operation(stream.listing.endpoint).parameters()
    documented = {name: kind for name, kind in parameters.items() if "channel" in name}
    by = stream.listing.channel_filter
    if documented and by is None:
        return [f"{stream.name}: {', '.join(documented)} could narrow it down to channels"]
    if by is None or not by.parameter:
        return []
    kind = "array" if by.accepts_many else "integer"
    if documented.get(by.parameter) == kind:
        return []
    return [f"{stream.name}: {by.parameter} is sent as {kind} and documented as {documented.get(by.parameter)}"]
