"""The parameters by which the documents narrow a list down to channels, and those that streams declare."""

from __future__ import annotations

from contract.documents import Documents
from source_bigcommerce.streams.base import BigCommerceStream
from source_bigcommerce.streams.settings import PerChannel


def differences(stream: BigCommerceStream, documents: Documents) -> list[str]:
    """A documented parameter of which the stream says nothing, or one that it sends and that is not documented so."""
    if isinstance(stream, PerChannel):
        return []  # which asks for each channel
    parameters = documents.operation(stream.endpoint).parameters()
    documented = {name: kind for name, kind in parameters.items() if "channel" in name}
    by = stream.by_channel
    if documented and by is None:
        return [f"{stream.name}: {', '.join(documented)} could narrow it down to channels"]
    if by is None or not by.parameter:
        return []
    kind = "array" if by.takes_several else "integer"
    if documented.get(by.parameter) == kind:
        return []
    return [f"{stream.name}: {by.parameter} is sent as {kind} and documented as {documented.get(by.parameter)}"]
