"""Values in the form that the schemas promise: exact, dated in UTC, and never lost."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import source_bigcommerce
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.normalization import Mismatch, build_normalizer, to_integer
from source_bigcommerce.api.timestamps import format_timestamp, parse_timestamp

SCHEMAS = {
    path.stem: json.loads(path.read_text()) for path in (Path(source_bigcommerce.__file__).parent / "schemas").glob("*")
}

# JSON as the decoder can hand it over: integers of up to 64 bits, and finite floats.
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["", "0", "1", "true", "12.50", "1e400", "-0", "2024-01-31", "0000-00-00 00:00:00", "2024-02-30"]),
    st.sampled_from(["Wed, 05 Dec 2018 20:16:55 +0000", "9" * 5000, "99999999999", "9999-12-31T23:59:59-10:00"]),
)
JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
INSTANTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2199, 1, 1), timezones=st.just(timezone.utc))


def typed(kind: str, value: Any, **rest: Any) -> tuple[Any, list[tuple[str, str]]]:
    """The value after it went through a field of this type, and what was reported about it."""
    reports: list[tuple[str, str]] = []
    schema = {"properties": {"f": {"type": ["null", kind], **rest}}}
    record = build_normalizer(schema, lambda one: reports.append((one.path, one.kind)))({"f": value})
    return record["f"], reports


def reasons(kind: str, value: Any, **rest: Any) -> list[str]:
    """Why a value does not fit a field of this type."""
    found: list[Mismatch] = []
    build_normalizer({"properties": {"f": {"type": ["null", kind], **rest}}}, found.append)({"f": value})
    return ["too large" if one.is_too_large else "kept" if one.is_kept else "no such type" for one in found]


def fields(schema: dict[str, Any], value: Any) -> Any:
    """The value in the place of every field that the schema knows, however deep."""
    if "properties" in schema:
        return {name: fields(field, value) for name, field in schema["properties"].items()}
    return [fields(schema["items"], value)] if "items" in schema else value


def test_there_is_a_schema_to_test() -> None:
    """The tests below run over whatever schemas they find: none at all would be a pass."""
    assert {"orders", "customers", "products", "coupons"} <= set(SCHEMAS)


@given(digits=st.integers(0, 10**15 - 1), scale=st.integers(0, 10), negative=st.booleans())
@example(digits=999999999999999, scale=4, negative=True)
@example(digits=3363200, scale=4, negative=False)
def test_money_in_a_text_keeps_every_digit_as_a_number(digits: int, scale: int, negative: bool) -> None:
    """An amount that changes by a cent on its way is worse than one that is missing."""
    amount = Decimal(digits).scaleb(-scale) * (-1 if negative else 1)
    number, reports = typed("number", f"{amount:f}")
    assert Decimal(repr(number)) == amount
    assert Decimal(orjson.dumps(number).decode()) == amount
    assert reports == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("336.3200", 336.32),
        ("1.0000000000", 1.0),
        (" 12.5 ", 12.5),
        ("-0.0100", -0.01),
        ("+3", 3.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        (5, 5),
        (5.25, 5.25),
        (2**60 + 1, 2**60 + 1),
    ],
)
def test_a_number_in_any_of_its_spellings_is_a_number(value: Any, expected: float) -> None:
    """V2 sends "Float, Float-As-String, Integer" for one and the same field."""
    assert typed("number", value) == (expected, [])
    assert type(typed("number", value)[0]) is type(expected)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("123456789012.345", True),
        ("0000000000000000000000.10", True),
        ("1.00000000000000000000", True),
        ("12345678901234.5678", False),
        ("0.1000000000000000055511151231257827", False),
    ],
)
def test_digits_that_a_number_cannot_hold_are_nulled_and_reported(text: str, fits: bool) -> None:
    """Rounded in silence, a balance would be off and nobody would know."""
    assert typed("number", text) == ((float(text), []) if fits else (None, [("f", "number")]))
    assert reasons("number", text) == ([] if fits else ["too large"])


@pytest.mark.parametrize("value", [1e29, -1e29, 1e300, "1e29", "-" + "9" * 30, "1" + "0" * 40, "1e400"])
def test_a_number_beyond_what_columns_hold_is_nulled_and_reported(value: Any) -> None:
    """DECIMAL(38, 9) has room for 29 digits before the point; with one more, the load of the whole table fails."""
    assert (typed("number", value), reasons("number", value)) == ((None, [("f", "number")]), ["too large"])


def test_a_whole_number_of_many_digits_keeps_them() -> None:
    """A float would change the last one; JSON can hold it as an integer."""
    assert typed("number", "9007199254740993") == (9007199254740993, [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1,234.50", 1234.5),
        ("-1,234,567.8900", -1234567.89),
        ("1,234.567", 1234.567),
        ("$4.00", 4.0),
        ("-$4.00", -4.0),
        ("$-4.00", -4.0),
        ("4.00 \u20ac", 4.0),
        ("\u00a31,234.50", 1234.5),
        ("$ 4", 4.0),
        ("$4.0000", 4.0),
    ],
)
def test_an_amount_as_people_write_it_is_a_number(value: str, expected: float) -> None:
    """Only one interpretation is possible: groups of thousands before a point, or a currency sign at one end."""
    assert typed("number", value) == (expected, [])


@pytest.mark.parametrize(
    "value",
    [
        *("12,50", "1,234", "1,234,567", "12,34.50", "1.234,50", "1,23.5", "1,234."),
        *("\u20ac1.234", "$4$", "4$0", "$$4", "$"),
    ],
)
def test_an_amount_that_can_be_read_in_two_ways_is_nulled_and_reported(value: str) -> None:
    """Half of Europe writes a comma where others write a point."""
    assert typed("number", value) == (None, [("f", "number")])


@pytest.mark.parametrize(
    "value", ["1,5", "12.5 USD", "NaN", "inf", "-Infinity", "1_000", "0x10", "\u0661", True, False, {"a": 1}, [1]]
)
def test_what_is_no_number_is_nulled_and_reported(value: Any) -> None:
    """Python reads "nan" and "1_000" as numbers; as JSON the one is invalid and the other a guess."""
    assert (typed("number", value), reasons("number", value)) == ((None, [("f", "number")]), ["no such type"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        ("7", 7),
        (" -7 ", -7),
        (7.0, 7),
        ("7.0000", 7),
        (2**53 + 1, 2**53 + 1),
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
        (str(2**53 + 1), 2**53 + 1),
        (f"{2**53 + 1}.0000", 2**53 + 1),
        ("1,234.00", 1234),
    ],
)
def test_an_integer_keeps_its_digits(value: Any, expected: int) -> None:
    """Ids of other systems are longer than a float can hold."""
    assert typed("integer", value) == (expected, [])
    assert type(typed("integer", value)[0]) is int


@pytest.mark.parametrize("value", [7.5, "7.5", "seven", "1,234", False, {"a": 1}, [7]])
def test_what_is_no_integer_is_nulled_and_reported(value: Any) -> None:
    """Cutting a fraction off would make a wrong value look right."""
    assert (typed("integer", value), reasons("integer", value)) == ((None, [("f", "integer")]), ["no such type"])


@pytest.mark.parametrize(
    "value", [2**63, 2**64 - 1, float(2**63), float(2**53 + 2), 1e300, -1e19, str(2**63), str(-(2**63) - 1), "9" * 5000]
)
def test_an_integer_outside_64_bits_is_nulled_and_reported(value: Any) -> None:
    """Columns of integers have 64 bits; what a decoder has made a float of may have lost digits."""
    assert (typed("integer", value), reasons("integer", value)) == ((None, [("f", "integer")]), ["too large"])


@pytest.mark.parametrize("others", [{}, {"g": 7, "h": 0.5}, {"g": -(2**63), "h": -1.0}, {"h": -(2.0**63)}])
@pytest.mark.parametrize(
    ("name", "value"), [("f", 2**63), ("f", 2**64 - 1), ("g", 2**63), ("h", 1e29), ("h", -1e29), ("h", 1e300)]
)
def test_a_number_in_its_form_that_is_too_large_is_noticed_next_to_others(
    name: str, value: float, others: dict[str, Any]
) -> None:
    """Numbers that come as numbers are looked at together, which must not hide one, nor one the other."""
    kinds = {"f": "integer", "g": "integer", "h": "number"}
    found: list[Mismatch] = []
    convert = build_normalizer(
        {"properties": {name: {"type": ["null", kind]} for name, kind in kinds.items()}}, found.append
    )
    record = {"f": 1, **others, name: value}
    for _ in range(2):
        assert convert(record) == {**record, name: None}
    assert [(one.path, one.is_too_large) for one in found] == [(name, True)] * 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [(7, 7), ("7", 7), ("-7", -7), ("0", 0), (18048288.0, 18048288), (2**70, 2**70)]
    + [(other, None) for other in ("07", " 7", "7.0", "+7", "", None, True, 7.5, 1e300, "9" * 40, [7], "seven")],
)
def test_an_id_is_an_integer_however_it_is_spelled(value: Any, expected: int | None) -> None:
    """A text that is not written as an integer would be, such as "07", is another id."""
    assert to_integer(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), (1, True), (0, False), ("1", True), ("0", False), ("true", True), ("false", False)],
)
def test_a_boolean_in_any_of_its_spellings_is_a_boolean(value: Any, expected: bool) -> None:
    """V2 writes "1" and "0" in places."""
    assert typed("boolean", value)[0] is expected


@pytest.mark.parametrize("value", [2, "yes", -1, 0.5, {"a": 1}, [True]])
def test_what_is_no_boolean_is_nulled_and_reported(value: Any) -> None:
    """A third value is news, not false."""
    assert typed("boolean", value) == (None, [("f", "boolean")])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        (" 7 ", " 7 "),
        (7, "7"),
        (7.5, "7.5"),
        (2**60 + 1, str(2**60 + 1)),
        (True, "true"),
    ],
)
def test_a_text_field_holds_whatever_comes_as_text(value: Any, expected: str) -> None:
    """Form fields and external ids come as numbers too: a column of text can hold them all."""
    assert typed("string", value) == (expected, [])


def test_a_list_in_a_field_that_may_hold_anything_is_nothing_to_report() -> None:
    """The value of a form field with several choices is a list, as documented."""
    convert = build_normalizer(SCHEMAS["customers"], lambda one: pytest.fail(f"{one.path} is reported"))
    record = convert({"form_fields": [{"name": "Interests", "value": ["a", "b"]}]})
    assert record["form_fields"][0]["value"] == '["a","b"]'


@pytest.mark.parametrize(("value", "expected"), [(["a", 1], '["a",1]'), ({"a": None}, '{"a":null}')])
def test_a_list_in_a_text_field_is_kept_as_json_and_reported(value: Any, expected: str) -> None:
    """Nothing is lost, and the column should have another type."""
    assert (typed("string", value), reasons("string", value)) == ((expected, [("f", "string")]), ["kept"])


DATES = [
    ("Wed, 05 Dec 2018 20:16:55 +0000", "2018-12-05T20:16:55Z"),
    ("Wed, 05 Dec 2018 20:16:55 -0600", "2018-12-06T02:16:55Z"),
    ("Wed, 5 Dec 2018 20:16:55 GMT", "2018-12-05T20:16:55Z"),
    ("2023-07-17 06:30:41", "2023-07-17T06:30:41Z"),
    ("2018-05-07 20:14:17+00:00", "2018-05-07T20:14:17Z"),
    ("1672670738", "2023-01-02T14:45:38Z"),
    (1529512970, "2018-06-20T16:42:50Z"),
    ("2022-08-10 14:39:15.000000", "2022-08-10T14:39:15Z"),
    ("5/18/2023 1:26:42 PM", "2023-05-18T13:26:42Z"),
    ("5/18/2023 12:26:42 AM", "2023-05-18T00:26:42Z"),
    ("2018-08-24T14:41:00+00:00", "2018-08-24T14:41:00Z"),
    ("2018-08-24T14:41:00-05:30", "2018-08-24T20:11:00Z"),
    ("2018-08-24T14:41:00-0400", "2018-08-24T18:41:00Z"),
    ("2017-04-20T11:32:00.000-04:00", "2017-04-20T15:32:00Z"),
    ("2021-05-07T14:54:51Z", "2021-05-07T14:54:51Z"),
    ("2021-05-07t14:54:51z", "2021-05-07T14:54:51Z"),
    ("2022-08-12T04:15:19.150Z", "2022-08-12T04:15:19.150000Z"),
    ("2022-08-12T04:15:19.150539Z", "2022-08-12T04:15:19.150539Z"),
    ("2022-08-12T04:15:19.1505399Z", "2022-08-12T04:15:19.150539Z"),
    ("2024-05-14T09:34:00", "2024-05-14T09:34:00Z"),
    ("2024-05-14", "2024-05-14T00:00:00Z"),
    (" 2024-05-14 ", "2024-05-14T00:00:00Z"),
    (1529512970123, "2018-06-20T16:42:50.123000Z"),
    ("1529512970000", "2018-06-20T16:42:50Z"),
    (1529512970.0, "2018-06-20T16:42:50Z"),
    ("Mon, 19 Jan 2026 07:21:46 AEST", "2026-01-18T21:21:46Z"),
    ("Mon, 19 Jan 2026 07:21:46 NZDT", "2026-01-18T18:21:46Z"),
    ("Mon, 20 Jul 2026 07:21:46 CEST", "2026-07-20T05:21:46Z"),
    ("Mon, 20 Jul 2026 07:21:46 BST", "2026-07-20T06:21:46Z"),
    ("Mon, 19 Jan 2026 07:21:46 CET", "2026-01-19T06:21:46Z"),
    ("Mon, 19 Jan 2026 07:21:46 EST", "2026-01-19T12:21:46Z"),
    ("Mon, 19 Jan 2026 07:21:46 cst", "2026-01-19T13:21:46Z"),
    ("Mon, 19 Jan 2026 07:21:46 Z", "2026-01-19T07:21:46Z"),
    ("Mon, 19 Jan 2026 07:21:46", "2026-01-19T07:21:46Z"),
    ("Mon, 19 Jan 2026 07:21:46 -0000", "2026-01-19T07:21:46Z"),
    ("Mon, 19 Jan 2026 07:21:46 +10:00", "2026-01-18T21:21:46Z"),
    ("Mon, 19 Jan 2026 07:21:46 +1000 (AEST)", "2026-01-18T21:21:46Z"),
    ("Mon, 19 Jan 2026 07:21:46 AEST (Brisbane)", "2026-01-18T21:21:46Z"),
    ('Tue, 12 Jun 2018 14:41:56 +0000"', "2018-06-12T14:41:56Z"),
    ("2026-01-19 07:21:46 AEST", "2026-01-18T21:21:46Z"),
    ("2026-01-19 07:21:46.5 UTC", "2026-01-19T07:21:46.500000Z"),
]


@pytest.mark.parametrize(("value", "expected"), DATES)
def test_every_date_format_of_bigcommerce_is_one_instant(value: Any, expected: str) -> None:
    """Compared as texts, a Wednesday in 2018 comes after a Thursday in 2019."""
    assert typed("string", value, format="date-time") == (expected, [])


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        0,
        "0000-00-00",
        "0000-00-00 00:00:00",
        "-0001-11-30T00:00:00+00:00",
        "-0001-11-30 00:00:00",
        "   ",
        False,
    ],
)
def test_a_date_that_is_not_set_is_null(value: Any) -> None:
    """BigCommerce has no one way to say that an order has not been shipped."""
    assert typed("string", value, format="date-time") == (None, [])


def test_php_s_zero_date_in_rfc_2822_is_not_a_date_of_the_year_2000() -> None:
    """V2 writes its dates in RFC 2822, where PHP spells 0000-00-00 this way."""
    assert typed("string", "Wed, 30 Nov -0001 00:00:00 +0000", format="date-time") in (
        (None, []),
        (None, [("f", "date-time")]),
    )


@pytest.mark.parametrize(
    "value",
    [
        *("soon", "2024-02-30", "2024-01-31T25:00:00Z", "13/45/2020 1:00:00 PM", True, 1.5, {"date": "x"}, ["2024"]),
        *("+20240-02-08T10:10:10", "20240208", 20240208, "2024", 7, 999_999_999_999, 10**15, 1e300),
    ],
)
def test_what_is_no_date_is_nulled_and_reported(value: Any) -> None:
    """An invented date is silently wrong for ever."""
    assert typed("string", value, format="date-time") == (None, [("f", "date-time")])


@pytest.mark.parametrize(
    "zone", ["IST", "MSK", "XYZ", "A", "GMT+10", "Australia/Sydney", "Pacific Standard Time", "PM", "+1", "+ 1000"]
)
def test_a_zone_that_is_not_certain_is_not_taken_for_utc(zone: str) -> None:
    """India, Ireland and Israel have an IST each: half a day off, nobody would notice."""
    assert typed("string", f"Mon, 19 Jan 2026 07:21:46 {zone}", format="date-time") == (None, [("f", "date-time")])


@given(instant=INSTANTS)
def test_an_instant_survives_being_written_and_read(instant: datetime) -> None:
    """State is written by one sync and read by the next."""
    assert parse_timestamp(format_timestamp(instant)) == instant
    assert format_timestamp(instant).endswith("Z")


@given(instant=INSTANTS, minutes=st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_the_same_in_every_zone(instant: datetime, minutes: int) -> None:
    """BigCommerce writes UTC as Z, as +00:00, as +0000, and sometimes another zone."""
    local = instant.astimezone(timezone(timedelta(minutes=minutes)))
    whole = local.replace(microsecond=0)
    assert parse_timestamp(local.isoformat()) == instant
    assert parse_timestamp(whole.strftime("%Y-%m-%d %H:%M:%S%z")) == whole
    assert parse_timestamp(whole.strftime("%a, %d %b %Y %H:%M:%S %z")) == whole


@given(text=st.text(max_size=40) | st.text("0123456789-+:/., TZWedDecGMTAP", max_size=32))
def test_no_text_makes_the_date_parser_fall_over(text: str) -> None:
    """The standard library's parser for e-mail dates has raised everything from IndexError to TypeError."""
    try:
        found = parse_timestamp(text)
    except ValueError:
        return
    assert found is None or found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_empty_text_is_null_in_every_known_field(name: str) -> None:
    """ "" in a date or number column fails the whole load in most warehouses."""
    record = fields(SCHEMAS[name], "")
    normalised = build_normalizer(SCHEMAS[name], lambda one: pytest.fail(f"{one.path} is reported"))(record)
    assert '""' not in json.dumps(normalised)
    assert set(normalised) == set(record)


@pytest.mark.parametrize("name", SCHEMAS)
def test_null_stays_null_in_every_known_field(name: str) -> None:
    """Null is what the conversions make, so they must leave it alone."""
    record = fields(SCHEMAS[name], None)
    assert build_normalizer(SCHEMAS[name], lambda one: pytest.fail(f"{one.path} is reported"))(record) == record


@given(value=JSON)
def test_an_unknown_field_is_kept_as_it_came(value: Any) -> None:
    """BigCommerce adds fields without notice; a user may need one before we know it."""
    convert = build_normalizer(SCHEMAS["orders"], lambda one: pytest.fail(f"{one.path} is reported"))
    record = {"new_field": value, "billing_address": {"new_field": value}, "line_items": [{"new_field": value}]}
    assert convert(record) == record


def test_what_does_not_fit_is_reported_with_the_path_that_leads_to_it() -> None:
    """A warning without the field's name cannot be acted on; what is nested becomes null in its place."""
    reports: list[tuple[str, str]] = []
    schema = SCHEMAS["orders"]
    record = {"line_items": [{"base_price": "dear"}], "billing_address": 7, "date_created": "soon"}
    assert build_normalizer(schema, lambda one: reports.append((one.path, one.kind)))(record) == {
        "line_items": [{"base_price": None}],
        "billing_address": None,
        "date_created": None,
    }
    assert sorted(reports) == [
        ("billing_address", "object"),
        ("date_created", "date-time"),
        ("line_items[].base_price", "number"),
    ]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("object", [], None),
        ("object", "", None),
        ("object", False, None),
        ("array", {}, []),
        ("array", "AU", ["AU"]),
        ("array", False, None),
        ("array", [], []),
        ("array", "", None),
        ("integer", [], None),
        ("integer", {}, None),
        ("number", [], None),
        ("boolean", {}, None),
        ("array", ["", None, "a"], [None, None, "a"]),
    ],
)
def test_php_s_empty_shapes_are_null(kind: str, value: Any, expected: Any) -> None:
    """PHP does not know an empty object from an empty list, and BigCommerce is written in it."""
    rest = {"properties": {}} if kind == "object" else {"items": {"type": "string"}} if kind == "array" else {}
    assert typed(kind, value, **rest) == (expected, [])


@pytest.mark.parametrize(
    ("kind", "value"), [("object", [1]), ("object", "text"), ("object", True), ("array", {"a": 1}), ("array", 7)]
)
def test_a_shape_that_does_not_fit_is_nulled_and_reported(kind: str, value: Any) -> None:
    """A column of objects cannot hold a text, nor a list a number."""
    rest = {"properties": {"a": {"type": "integer"}}} if kind == "object" else {"items": {"type": "string"}}
    assert typed(kind, value, **rest) == (None, [("f", kind)])


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {}},
        {"properties": {"f": {"type": ["null", "string"]}}},
    ],
    ids=["unknown field", "text"],
)
@pytest.mark.parametrize("key", [None, "a"])
def test_a_value_that_is_nested_too_deeply_to_be_written_is_reported(schema: dict[str, Any], key: str | None) -> None:
    """Passed on, it would end the sync of all streams where records are printed."""
    value: Any = 0
    for _ in range(1_000):
        value = [value] if key is None else {key: value}
    with pytest.raises(BigCommerceError, match=r"nested too deeply for any destination.*report this line\.$"):
        build_normalizer(schema, lambda _: None)({"f": value})


def placed(schema: dict[str, Any], value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Records of the schema's shape with any JSON in the place of anything."""
    if "properties" in schema:
        known = st.fixed_dictionaries({}, optional={k: placed(v, value) for k, v in schema["properties"].items()})
        return st.one_of(known, value)
    return st.one_of(st.lists(placed(schema["items"], value), max_size=2), value) if "items" in schema else value


OF_EACH_KIND = {
    name: {"type": ["null", kind.partition(" ")[0]], **({"format": "date-time"} if "date" in kind else {})}
    for name, kind in {"a": "string", "b": "number", "c": "integer", "d": "boolean", "e": "string date"}.items()
}


@given(records=st.lists(st.fixed_dictionaries({"unknown": _SCALARS, **dict.fromkeys("abcde", _SCALARS)}), max_size=4))
def test_what_was_seen_before_makes_no_difference(records: list[dict[str, Any]]) -> None:
    """The plan for a record is cached for those of its shape: a value must not decide for the next one."""
    schema = {"properties": OF_EACH_KIND}
    reports: list[Mismatch] = []
    experienced = build_normalizer(schema, reports.append)
    for record in records:
        before = dict(record)
        known, reported = experienced(record), reports[:]
        reports.clear()
        assert build_normalizer(schema, reports.append)(record) == known
        assert reports == reported
        reports.clear()
        assert record == before, "the entry is shared with other streams"


@settings(max_examples=600)
@given(schema=st.sampled_from(list(SCHEMAS.values())), data=st.data())
def test_no_json_whatever_makes_a_record_fail(schema: dict[str, Any], data: st.DataObject) -> None:
    """One odd value must cost neither the record nor the sync."""
    known = data.draw(st.lists(st.sampled_from(sorted(schema["properties"])), max_size=4))
    record = {field: data.draw(placed(schema["properties"][field], JSON)) for field in known}
    normalised = build_normalizer(schema, lambda _: None)(record)
    assert list(normalised) == list(record)
    json.dumps(normalised)
    # A key that became null fails its stream.
    Draft7Validator(schema).validate({name: value for name, value in normalised.items() if value is not None})


@given(record=st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_a_record_is_not_changed_in_place(record: dict[str, Any]) -> None:
    """The page that a record came from may be looked at again."""
    before = json.dumps(record)
    build_normalizer(SCHEMAS["orders"], lambda _: None)(record)
    assert json.dumps(record) == before
