"""The DuckDB file of a user of PyAirbyte."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from integration_tests.harness import INCREMENTAL, UNDATED, catalog_of
from integration_tests.pyairbyte.scenario import ALL_STREAMS, Moment, Story
from sandbox.records import KINDS
from source_bigcommerce.streams.stream import DELETED_AT

pytestmark = pytest.mark.exhaustive

Schema = dict[str, Any]
CATALOG = {configured.stream.name: configured.stream for configured in catalog_of(ALL_STREAMS).streams}
SCHEMAS: dict[str, dict[str, Schema]] = {  # without reconciliation, as the story syncs
    name: {field: schema for field, schema in stream.json_schema["properties"].items() if field != DELETED_AT}
    for name, stream in CATALOG.items()
}
KEYS = {name: [path[0] for path in stream.source_defined_primary_key] for name, stream in CATALOG.items()}
TYPES = {  # what PyAirbyte makes of the types that a schema names; a JSON timestamp in UTC is kept as UTC
    "integer": "BIGINT",
    "number": "DECIMAL(38,9)",
    "boolean": "BOOLEAN",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "object": "JSON",
    "array": "JSON",
}
OWN = {"_airbyte_raw_id": "VARCHAR", "_airbyte_extracted_at": "TIMESTAMP", "_airbyte_meta": "JSON"}
CHILDREN = [  # kind in the store, its list there, the column
    ("orders", "lines", "line_items"),
    ("products", "variants", "variants"),
    ("products", "images", "images"),
    ("customers", "addresses", "addresses"),
]


def _type(schema: Schema) -> str:
    """The SQL type that PyAirbyte is expected to choose for a field."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    (kind,) = [kind for kind in kinds if kind != "null"]
    if kind == "string" and schema.get("format") == "date-time":
        assert schema["airbyte_type"] == "timestamp_with_timezone"
        kind = "timestamp"
    return TYPES[kind]


def _amounts(kind: str) -> list[str]:
    return [name for name, schema in SCHEMAS[kind].items() if _type(schema) == TYPES["number"]]


def rows(moment: Moment, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(moment.database, read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(params=["first", "second"])
def moment(request: pytest.FixtureRequest, story: Story) -> Moment:
    """The store and the file behind each of the two syncs."""
    found: Moment = getattr(story, request.param)
    return found


def test_every_stream_is_synced(story: Story) -> None:
    """`streams="*"` means all of them, and PyAirbyte leaves none out in silence."""
    assert set(story.first.client_streams) == set(ALL_STREAMS)
    tables = {name for (name,) in rows(story.first, "SELECT table_name FROM information_schema.tables")}
    assert {name for name in tables if not name.startswith("_airbyte")} == set(ALL_STREAMS)


@pytest.mark.parametrize("stream", ALL_STREAMS)
def test_every_record_has_one_row(stream: str, story: Story, moment: Moment) -> None:
    """Merged by primary key: none is missing, none is there twice, and what was deleted since stays as it was."""
    found = [tuple(row) for row in rows(moment, f"SELECT {', '.join(KEYS[stream])} FROM {stream}")]
    earlier = story.first if moment is story.second else moment
    assert sorted(found) == sorted({_key(stream, one) for one in [*earlier.printed[stream], *moment.printed[stream]]})


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_of_the_store_has_one_row(kind: str, moment: Moment) -> None:
    """The same, counted by the store itself; records that it deleted for good show only by their absence there."""
    found = [id_ for (id_,) in rows(moment, f"SELECT id FROM {kind}")]
    assert sorted(found) == sorted([record["id"] for record in moment.held[kind]] + moment.gone[kind])


@pytest.mark.parametrize("stream", ALL_STREAMS)
def test_every_field_arrives_as_it_was_printed(stream: str, moment: Moment) -> None:
    """Between the connector and the table no amount loses a digit, no timestamp an hour, no nested list an entry."""
    names = list(SCHEMAS[stream])
    columns = ", ".join(f'"{name}"' for name in names)
    stored = {
        _key(stream, row): row
        for row in (dict(zip(names, row, strict=True)) for row in rows(moment, f"SELECT {columns} FROM {stream}"))
    }
    for record in moment.printed[stream]:
        row = stored[_key(stream, record)]
        for name, schema in SCHEMAS[stream].items():
            if stream in UNDATED and name == CATALOG[stream].default_cursor_field[0]:
                continue  # the time of the sync, of which there were two
            actual = json.loads(row[name]) if row[name] is not None and _type(schema) == "JSON" else row[name]
            assert actual == _in_sql(record.get(name), schema), (stream, _key(stream, record), name)


@pytest.mark.parametrize("stream", ALL_STREAMS)
def test_every_column_has_the_type_of_its_field(stream: str, story: Story) -> None:
    """Amounts can be summed, timestamps compared, and nested values opened, without a cast."""
    found = rows(
        story.first,
        f"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '{stream}'",
    )
    expected = {**{name: _type(schema) for name, schema in SCHEMAS[stream].items()}, **OWN}
    assert dict(found) == expected, f"PyAirbyte chose other types: look at schemas/{stream}.json, or at PyAirbyte"


@pytest.mark.parametrize("stream", ALL_STREAMS)
def test_column_names_are_the_field_names(stream: str) -> None:
    """PyAirbyte writes all but a-z, 0-9 and `_` as `_`: users would look for a field in vain, or find two in one."""
    for name in SCHEMAS[stream]:
        plain = name.isidentifier() and name.isascii() and name == name.lower()
        assert plain, f"{stream}.{name} becomes another column: print it under a name of a-z, 0-9 and _"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if _amounts(kind)])
def test_amounts_sum_to_those_of_the_store(kind: str, moment: Moment) -> None:
    """Revenue is right to the cent, because amounts are decimals and not floating-point numbers."""
    amounts = [name for name in _amounts(kind) if all(name in record for record in moment.held[kind])]
    sums = ", ".join(f'coalesce(sum("{name}"), 0)' for name in amounts)
    (found,) = rows(moment, f"SELECT {sums} FROM {_present(moment, kind)}")
    expected = [sum((_amount(record[name]) for record in moment.held[kind]), Decimal()) for name in amounts]
    assert any(expected)
    assert dict(zip(amounts, found, strict=True)) == dict(zip(amounts, expected, strict=True))


def test_pieces_sold_by_product_are_those_of_the_store(moment: Moment) -> None:
    """The best-seller list, with UNNEST over the line items of every order, however many it has."""
    expected: Counter[int] = Counter()
    for order in moment.held["orders"]:
        for line in order["lines"]:
            expected[line["product_id"]] += line["quantity"]
    found = rows(
        moment,
        "SELECT (line->>'product_id')::BIGINT, sum((line->>'quantity')::BIGINT) "
        "FROM (SELECT unnest(line_items::JSON[]) AS line "
        f"FROM {_present(moment, 'orders')}) GROUP BY ALL",
    )
    assert dict(found) == dict(expected)


@pytest.mark.parametrize(("kind", "children", "column"), CHILDREN)
def test_nested_lists_can_be_unnested(kind: str, children: str, column: str, moment: Moment) -> None:
    """Every line item, variant, image and address of the store is a row of its own after one UNNEST."""
    found = rows(
        moment,
        f"SELECT id, (child->>'id')::BIGINT FROM (SELECT id, unnest({column}::JSON[]) AS child "
        f"FROM {_present(moment, kind)})",
    )
    expected = [(record["id"], child["id"]) for record in moment.held[kind] for child in record[children]]
    assert sorted(found) == sorted(expected)


def test_nested_objects_can_be_opened(moment: Moment) -> None:
    """An address inside an order is reached by its path."""
    found = rows(
        moment,
        f"SELECT id, billing_address->>'$.email' FROM {_present(moment, 'orders')} ORDER BY id",
    )
    expected = [(order["id"], order["billing_address"]["email"] or None) for order in moment.held["orders"]]
    assert found == sorted(expected)


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_sync_reads_what_changed_and_nothing_else(kind: str, story: Story) -> None:
    """PyAirbyte kept the state in its file, and the connector, in a new process, honoured it."""
    ((last,),) = rows(story.first, f"SELECT max(_airbyte_extracted_at) FROM {kind}")
    read = {id_ for (id_,) in rows(story.second, f"SELECT id FROM {kind} WHERE _airbyte_extracted_at > '{last}'")}
    assert read == (
        set(story.changed[kind]) if kind in INCREMENTAL else {record["id"] for record in story.second.held[kind]}
    )


def test_the_second_sync_costs_few_requests(story: Story) -> None:
    """Check and sync together: no list is read to its end, and no record on its own that has not changed."""
    assert story.second.client_records < story.first.client_records / 5
    requests = Counter(story.second.requests)
    of_orders = [times for path, times in requests.items() if "orders/*/" in path]
    assert max(of_orders) <= len(story.changed["orders"]) + 1, f"requests for orders that did not change: {requests}"
    lists = sum(requests.values()) - sum(of_orders)
    assert lists <= 3 * len(ALL_STREAMS) + 2, f"too many requests for what changed: {requests}"


def _key(stream: str, record: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(record[name] for name in KEYS[stream])


def _in_sql(value: Any, schema: Schema) -> Any:
    """The result of a query for a printed value; timestamps come without a zone, in UTC."""
    if value is None:
        return None
    if _type(schema) == TYPES["timestamp"]:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(timezone.utc).replace(tzinfo=None)
    if _type(schema) == TYPES["number"]:
        return Decimal(str(value))
    return value


def _amount(value: Any) -> Decimal:
    """BigCommerce writes amounts as numbers or as text, and as empty text where there is none."""
    return Decimal(str(value)) if value not in (None, "") else Decimal()


def _present(moment: Moment, kind: str) -> str:
    """The table without the rows that the store no longer has."""
    return f"(FROM {kind} WHERE NOT list_contains({moment.gone[kind]}::BIGINT[], id))"
