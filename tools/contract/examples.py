"""The documented examples of every stream's responses, read as the stream reads them: nothing of them may be lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

import jsonschema  # type: ignore[import-untyped, unused-ignore]  # it has no stubs

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.normalization import build_normalizer
from source_bigcommerce.api.pagination import Pagination, Record, SingleObject, SinglePage
from source_bigcommerce.api.timestamps import parse_timestamp
from source_bigcommerce.streams.order_consignments import fees_of, unfold
from source_bigcommerce.streams.stream import NestedStream, PerParentStream, Stream
from tools.contract.corrections import EXAMPLES
from tools.contract.documents import Documents
from tools.contract.sources import Source, source_of

_CONSIGNMENTS = {"pickups", "shipping"}  # by which they are known
_LINK = ("url", "resource")
_PARENT = 1  # the id of the parent that an example belongs to, where it does not say so itself
_DATE = "2024-01-31T00:00:00Z"  # when that parent was changed


def read_examples(stream: Stream, documents: Documents) -> tuple[int, list[str]]:
    """Returns the number of documented examples of the stream's responses, and the errors in reading them."""
    source, read, found = source_of(stream), 0, []
    for endpoint in source.endpoints:
        for body in filter(_has_values, documents.operation(endpoint).examples()):
            read += 1
            found += differences(stream, source, endpoint, body)
    known = tuple(one.difference for one in EXAMPLES if one.stream == stream.name)
    return read, [f"{stream.name}: {one}" for one in dict.fromkeys(found) if not one.startswith(known)]


def _has_values(body: Any) -> bool:
    """False for an example that shows types alone: most of its texts are the word "string"."""
    texts = list(_texts(body))
    return 2 * texts.count("string") < max(1, len(texts))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def differences(stream: Stream, source: Source, endpoint: str, body: Any) -> list[str]:
    """Yields the parts of one documented body that are lost or wrong in the stream's records."""
    found: list[str] = []
    convert = build_normalizer(
        stream.get_json_schema(),
        lambda one: found.append(f"{one.path} contains a value that is not of type {one.kind}"),
    )
    validator = jsonschema.Draft7Validator(stream.get_json_schema())
    try:
        pairs = list(_entries(stream, source, endpoint, body))
    except BigCommerceError as error:
        return [f"cannot be read: {error.message}"]
    for entry, raw in pairs:
        record = convert(raw)
        found += lost(_expected(entry), record, stream.get_json_schema())
        found += [f"{_path(error.absolute_path)}: {error.message[:120]}" for error in validator.iter_errors(record)]
    return found


def _entries(stream: Stream, source: Source, endpoint: str, body: Any) -> Iterator[tuple[Record, Mapping[str, Any]]]:
    """Entries of a documented body, each with the record that the stream makes of it before values are converted."""
    for entry in _rows(stream, endpoint, body):
        for part in _at(entry, source.place):
            if not isinstance(stream, (NestedStream, PerParentStream)):
                entries = [{stream.parent_field: _PARENT, **part} if stream.listing.parents else part]
                made = entries if endpoint != stream.listing.endpoint else list(_made(stream, entries))
                if endpoint == stream.listing.endpoint and stream.one_record_per_entry and len(made) != 1:
                    raise BigCommerceError(f"an entry of the list becomes {len(made)} records")
                for record in made:
                    yield part, record
            else:
                dates = stream.listing.date_filter
                parent = {"id": part.get(stream.parent_field, _PARENT), dates.field if dates else "": _DATE}
                yield part, stream.child_record(parent, _unfolded(part))


def _made(stream: Stream, entries: Sequence[Record]) -> Iterator[Record]:
    """Yields the records of entries of a list, with nested lists in the form that streams convert them to."""
    yield from stream.extract_records([_unfolded(entry) for entry in entries])


def _unfolded(entry: Record) -> Record:
    """Consignments and fees as the streams of orders make them; line items then are a list of their own."""
    result = dict(entry)
    if isinstance(entry.get("consignments"), dict):
        result["consignments"], result["line_items"] = unfold(entry["consignments"])
        fees = fees_of(entry.get("fees"))
        result["fees"] = [] if fees is None else fees
    elif entry.keys() >= _CONSIGNMENTS:
        result, _ = unfold(entry)
    return result


def _expected(entry: Record) -> Record:
    """The entry as its record should show it: line items of an order are one list, links are followed."""
    entry = deepcopy(entry)
    if entry.keys() >= _CONSIGNMENTS:
        _take_lines(entry)
    if isinstance(groups := entry.get("consignments"), dict):
        lines = _take_lines(groups)
        entry["line_items"] = lines
        entry["consignments"] = {name: value for name, value in groups.items() if name not in _LINK}
    if isinstance(fees := entry.get("fees"), dict) and "url" in fees:
        del entry["fees"]
    return entry


def _take_lines(groups: Record) -> list[Record]:
    """The line items of consignments, which keep the ids."""
    taken = []
    lists = [groups.get(name) for name in ("pickups", "shipping", "downloads")]
    email = groups.get("email")
    lists.append(email.get("gift_certificates") if isinstance(email, dict) else None)
    for consignment in (one for entries in lists if isinstance(entries, list) for one in entries):
        lines = [line for line in consignment.pop("line_items", []) if "id" in line]
        consignment["line_item_ids"] = [line["id"] for line in lines]
        taken += lines
    return taken


def _rows(stream: Stream, endpoint: str, body: Any) -> Sequence[Record]:
    pagination: Pagination
    if endpoint == stream.listing.endpoint:
        pagination = stream.listing.pagination
    elif isinstance(stream, PerParentStream) and endpoint == stream.children:
        pagination = stream.child_pagination
    else:
        fees = fees_of(body) if stream.name == "order_fees" else None
        body = body if fees is None else fees
        data = body.get("data", body) if isinstance(body, dict) else body
        pagination = SinglePage() if isinstance(data, list) else SingleObject()
    return pagination.page(body, pagination.first()).records


def _at(entry: Record, place: str) -> Iterator[Record]:
    name, _, below = place.partition(".")
    if not name:
        yield entry
        return
    for part in entry.get(name) or ():
        yield from _at(part, below)


def lost(entry: Any, record: Any, schema: Mapping[str, Any], place: str = "") -> list[str]:
    """The fields of a documented entry that its record lacks, or has with a value that means something else."""
    if isinstance(entry, dict) and isinstance(record, dict):
        fields = schema.get("properties", {})
        found = []
        for name, value in entry.items():
            where = f"{place}.{name}" if place else name
            if name in record:
                found += lost(value, record[name], fields.get(name, {}), where)
            else:
                found.append(f"{where} is lost")
        return found
    if isinstance(entry, list) and isinstance(record, list):
        if len(entry) != len(record):
            return [f"{place} has {len(record)} entries of {len(entry)}"]
        items = schema.get("items", {})
        return [one for pair in zip(entry, record, strict=True) for one in lost(*pair, items, f"{place}[]")]
    return [] if _same(entry, record, schema) else [f"{place} is {record!r:.60} for {entry!r:.60}"]


def _same(value: Any, found: Any, schema: Mapping[str, Any]) -> bool:
    if type(value) is type(found) and value == found:
        return True
    if found is None:
        return value in (None, "", [], {}) or (_is_date(schema) and _instant(value) is None)
    if _is_date(schema):
        return isinstance(found, str) and found.endswith("Z") and _instant(value) == _instant(found)
    if isinstance(value, (dict, list)) or isinstance(found, (dict, list)):
        return False
    if isinstance(found, bool):
        return value in (int(found), str(int(found)), str(found).lower())
    if isinstance(found, (int, float)) and not isinstance(value, bool):
        return bool(_number(value) == found)
    return isinstance(found, str) and (str(value) == found or (isinstance(value, bool) and str(value).lower() == found))


def _is_date(schema: Mapping[str, Any]) -> bool:
    return schema.get("format") == "date-time"


def _instant(value: Any) -> Any:
    try:
        return parse_timestamp(value) if isinstance(value, (str, int)) else value
    except ValueError:
        return value  # no date, and so equal to nothing but itself


def _number(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _path(path: Any) -> str:
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
