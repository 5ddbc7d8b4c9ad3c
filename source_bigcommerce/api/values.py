"""BigCommerce's values in one form: ISO-8601 UTC timestamps, numbers as numbers, null for "none".

A stream's JSON schema says what each field is; `normaliser` compiles it into a function over records. A field that the
schema does not know stays as it is. A value that the field's column cannot hold becomes null and is reported, as one of
them fails the load of a whole table. Formats and oddities: "Dates" and "Number formats" in
docs/bigcommerce-oddities.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from unicodedata import category

import orjson
from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError

Converter = Callable[[Any], Any]


class TooLarge(ValueError):
    """The value is of the right type, and has more digits than its column."""


class Mismatch(NamedTuple):
    """A value that its field cannot hold. It became null, or its JSON text where `is_kept`."""

    path: str  # of the field: dotted, with `[]` for the entries of a list
    kind: str  # the field's format in the schema, or its type where it has none
    value: Any
    is_too_large: bool = False
    is_kept: bool = False


Report = Callable[[Mismatch], None]

_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.ASCII | re.IGNORECASE
)
# Unix time in seconds or, from the year 2001 on, in milliseconds. Fewer digits may as well be a year or a day.
_UNIX = re.compile(r"-?\d{9,13}", re.ASCII)
_MILLISECONDS = 10**12
# Everything behind a time of day that names or numbers a zone, without a comment.
_ZONED = re.compile(r"(.*\d:\d\d(?:\.\d+)?)\s*([A-Za-z+-][^(]*?)\s*(?:\(.*)?", re.ASCII)
_AROUND = " \t\r\n\"'"  # an example of BigCommerce has a quotation mark too many
_OFFSET = re.compile(r"([+-]\d\d):?(\d\d)", re.ASCII)
_DIGITS = 15  # that every decimal number may have and still be a float
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Amounts as people write them, where only one reading is possible: a comma alone, or with a currency sign a point
# before three digits, may separate thousands as well as decimals.
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+", re.ASCII)
_PRICED = re.compile(r"[+-]?\d+(\.(?!\d{3}$)\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_LARGEST_INTEGER = 2**63  # what a column of 64 bits no longer holds
_LARGEST_NUMBER = 1e29  # what DECIMAL(38, 9) no longer holds
_EXACT_FLOATS = 2**53  # below which a float is every integer
_LONGEST = 30  # digits that are worth a look for an integer of 64 bits
# What BigCommerce (PHP underneath) writes for a date that is not set.
_NO_DATE = re.compile(r"0|0000-00-00.*|-0001-11-30.*|.* -0001 .*", re.ASCII)
# Zones that a date may name: those of RFC 2822, and those that have had one offset alone in the tz database since 2009.
# Not IST (India, Ireland, Israel) nor MSK (which has moved), for example.
_ZONES = {
    name: offset
    for offset, names in {
        "+0000": "GMT UT UTC WET Z",
        "+0100": "BST CET MET WAT WEST",
        "+0200": "CAT CEST EET MEST SAST",
        "+0300": "EAT EEST IDT",
        "+0500": "PKT",
        "+0700": "WIB",
        "+0800": "AWST HKT WITA",
        "+0900": "AWDT JST WIT",
        "+0930": "ACST",
        "+1000": "AEST CHST",
        "+1030": "ACDT",
        "+1100": "AEDT",
        "+1200": "NZST",
        "+1300": "NZDT",
        "-0230": "NDT",
        "-0300": "ADT",
        "-0330": "NST",
        "-0400": "AST EDT",
        "-0500": "CDT EST",
        "-0600": "CST MDT",
        "-0700": "MST PDT",
        "-0800": "AKDT PST",
        "-0900": "AKST HDT",
        "-1000": "HST",
    }.items()
    for name in names.split()
}


@lru_cache(maxsize=8192)
def parse_timestamp(value: str | int) -> datetime | None:
    """The instant, in UTC, out of any format that BigCommerce uses; None for its ways of saying "none".

    A value without a zone is UTC. Raises ValueError for anything else, such as a zone whose offset is not certain.
    """
    text = str(value).strip(_AROUND)
    if not text or _NO_DATE.fullmatch(text):
        return None
    try:
        if match := _ISO.fullmatch(text):
            day, time, fraction, zone = match.groups()
            zone = "+00:00" if zone in (None, "Z", "z") else zone
            zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
            fraction = f".{fraction:0<6.6}" if fraction else ""
            parsed = datetime.fromisoformat(f"{day}T{time or '00:00:00'}{fraction}{zone}")
        elif _UNIX.fullmatch(text):
            seconds = int(text)
            return datetime.fromtimestamp(seconds / 1000 if abs(seconds) >= _MILLISECONDS else seconds, timezone.utc)
        elif "/" in text:
            parsed = datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=timezone.utc)
        elif (match := _ZONED.fullmatch(text)) and not _OFFSET.fullmatch(match[2]):
            return parse_timestamp(f"{match[1]} {_ZONES[match[2].upper()]}")
        else:
            parsed = parsedate_to_datetime(f"{match[1]} {match[2].replace(':', '')}" if match else text)
            parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
        return parsed.astimezone(timezone.utc)
    except (ValueError, TypeError, OverflowError, OSError, LookupError):
        raise ValueError(f"'{text}' is not a date in any format that BigCommerce uses") from None


def format_timestamp(instant: datetime) -> str:
    """The instant as ISO-8601 UTC with `Z`, with a fraction only where there is one."""
    return instant.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"


@lru_cache(maxsize=8192)
def _timestamp(value: str | int) -> str | None:
    instant = parse_timestamp(value)
    return None if instant is None else format_timestamp(instant)


def _to_timestamp(value: Any) -> Any:
    return None if value is False else _timestamp(_time_of(value))


def _to_date(value: Any) -> Any:
    instant = None if value is False else parse_timestamp(_time_of(value))
    return None if instant is None else instant.date().isoformat()


def _time_of(value: Any) -> str | int:
    if type(value) is float and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError
    return value


def _to_number(value: Any) -> Any:
    if type(value) is float or type(value) is int:
        if abs(value) >= _LARGEST_NUMBER:
            raise TooLarge
        return value
    if not isinstance(value, str):
        raise ValueError
    return _decimal(value)


@lru_cache(maxsize=8192)
def _decimal(text: str) -> float | int:
    """V2 sends decimals as strings. Raises ValueError for what is no number, TooLarge for digits that get lost."""
    if not _DECIMAL.fullmatch(text.strip()):
        return _decimal(_plain(text.strip()))
    number = float(text)
    if not abs(number) < _LARGEST_NUMBER:
        raise TooLarge
    # Up to 15 digits, the shortest float form has the same ones.
    if len(text) > _DIGITS and Decimal(text) != Decimal(repr(number)):
        return _whole(Decimal(text))
    return number


def _whole(number: Decimal) -> int:
    """An integer, which JSON holds exactly where a float does not. Raises TooLarge for another one."""
    if number % 1 or not -_LARGEST_INTEGER <= number < _LARGEST_INTEGER:
        raise TooLarge
    return int(number)


def _plain(text: str) -> str:
    """The digits of an amount that is written with a currency sign or with separators of thousands, if it is one."""
    if _GROUPED.fullmatch(text):
        return text.replace(",", "")
    signs = [character for character in text if category(character) == "Sc"]
    if len(signs) == 1 and (text.lstrip("+-").startswith(signs[0]) or text.endswith(signs[0])):
        amount = text.replace(signs[0], "").strip()
        if _GROUPED.fullmatch(amount) or _PRICED.fullmatch(amount):
            return amount.replace(",", "")
    raise ValueError


def _to_integer(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]+\s*", value):
        value = int(value) if len(value) < _LONGEST else _LARGEST_INTEGER
    elif isinstance(value, (str, float)):
        value = _to_number(value)
        if type(value) is float and value.is_integer():
            value = int(value) if abs(value) < _EXACT_FLOATS else _LARGEST_INTEGER
    if type(value) is not int:
        raise ValueError
    if not -_LARGEST_INTEGER <= value < _LARGEST_INTEGER:
        raise TooLarge
    return value


def integer(value: Any) -> int | None:
    """The integer that an id or a count is, also where it comes as `"1"` or `1.0`; None for anything else."""
    if type(value) is int:
        return value
    is_one = _INTEGER.fullmatch(value) if isinstance(value, str) else type(value) is float
    try:
        found: int | None = _to_integer(value) if is_one else None
    except ValueError:
        return None
    return found


def _to_boolean(value: Any) -> Any:
    if type(value) is bool:
        return value
    if value in (0, 1, "0", "1", "true", "false"):
        return value in (1, "1", "true")
    raise ValueError


def _to_text(value: Any) -> Any:
    if type(value) is str:
        return value
    return _written(value).decode() if isinstance(value, (dict, list, bool)) else str(value)


def _written(value: Any) -> bytes:
    """The value as JSON. Raises BigCommerceError for lists in one another that are too deep to be written again."""
    try:
        return orjson.dumps(value)
    except TypeError:
        raise BigCommerceError(
            "A record of BigCommerce holds a value that is nested too deeply for any destination. The sync stops here "
            "rather than leave it out; please report this line.",
            FailureType.system_error,
        ) from None


def _writable(value: Any) -> Any:
    """The value, of which the schema does not say how deep it is."""
    if isinstance(value, (dict, list)):
        _written(value)
    return value


_SCALARS: Mapping[str, Converter] = {
    "date-time": _to_timestamp,
    "date": _to_date,
    "number": _to_number,
    "integer": _to_integer,
    "boolean": _to_boolean,
    "string": _to_text,
}
# The Python type of values that are already in their form, "" apart.
_EXACT: Mapping[str, type] = {"number": float, "integer": int, "boolean": bool, "string": str}
# What most values of these kinds that come as text take; a value that raises ValueError takes the long way.
_OF_TEXT: Mapping[str, Converter] = {"date-time": _timestamp, "number": _decimal}
_SUSPICIOUS = 2.0**62  # a sum of absolute values of which none may be too large
_OF_ANY_TYPE = "value"  # the name of fields, such as those of form fields, that are documented to hold lists too
_SHAPES = 1_000  # that are remembered of an object, so that a store where no two are alike takes no more memory


def normaliser(schema: Mapping[str, Any], report: Report) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """A function that returns a record in the form its schema promises.

    `report` is called for each value that does not fit its field, in the thread that converts the record.
    """
    return _Object(schema, "", report).convert


def _kind(schema: Mapping[str, Any]) -> str:
    """The format of a field's schema, or its type where it has none."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kind: str = next(k for k in kinds if k != "null")
    return kind if kind in ("object", "array") else schema.get("format", kind)


def _converter(schema: Mapping[str, Any], path: str, report: Report) -> Converter:
    kind = _kind(schema)
    if kind == "object":
        return _Object(schema, path, report).convert
    if kind == "array":
        return _array(schema, path, report)
    convert = _SCALARS[kind]
    may_be_anything = path.rpartition(".")[2] == _OF_ANY_TYPE

    def scalar(value: Any) -> Any:
        if value == [] or value == {}:
            return None
        try:
            result = convert(value)
        except ValueError as error:
            report(Mismatch(path, kind, value, is_too_large=isinstance(error, TooLarge)))
            return None
        if kind == "string" and isinstance(value, (list, dict)) and not may_be_anything:
            report(Mismatch(path, kind, value, is_kept=True))
        return result

    return scalar


class _Plan(NamedTuple):
    """What to do with the fields of an object, by name; a field in none of the lists is in its form."""

    texts: list[str]  # in which only "" has to be replaced
    spelled: list[tuple[str, Converter]]  # other values that came as text
    others: list[tuple[str, Converter]]
    numbers: Callable[[Any], Iterable[float]] | None  # returns those that are in their form unless they are too large


class _Object:
    """Objects of a list are alike: which of their fields need work is found out once for each combination of types."""

    def __init__(self, schema: Mapping[str, Any], path: str, report: Report) -> None:
        fields = schema.get("properties", {})
        self._kinds = {name: _kind(field) for name, field in fields.items()}
        self._converters = {
            name: _converter(field, f"{path}.{name}" if path else name, report) for name, field in fields.items()
        }
        self._plans: dict[tuple[Any, ...], _Plan] = {}
        self._path = path
        self._report = report

    def convert(self, value: Any) -> Any:
        if isinstance(value, dict):
            shape = *value, *map(type, value.values())
            plan = self._plans.get(shape)
            if plan is None:
                if len(self._plans) >= _SHAPES:
                    self._plans.clear()
                plan = self._plans[shape] = self._plan(value)
            return self._apply(plan, value.copy())
        if value != [] and value is not False:  # PHP's empty object, and its word for none
            self._report(Mismatch(self._path, "object", value))
        return None

    def _plan(self, value: Mapping[str, Any]) -> _Plan:
        texts, spelled, others, numbers = [], [], [], []
        for name, converter in self._converters.items():
            found, kind = type(value.get(name)), self._kinds[name]
            if found is str and kind == "string":
                texts.append(name)
            elif found is str:
                spelled.append((name, _OF_TEXT.get(kind, converter)))
            elif found is type(None):
                continue
            elif found is not _EXACT.get(kind):
                others.append((name, converter))
            elif found is float or (found is int and name != "id" and not name.endswith("_id")):
                numbers.append(name)
        unknown = (name for name, field in value.items() if type(field) in (dict, list))
        others.extend((name, _writable) for name in unknown if name not in self._converters)
        # The first name twice: of a single one, itemgetter returns no tuple.
        return _Plan(texts, spelled, others, itemgetter(*numbers, numbers[0]) if numbers else None)

    def _apply(self, plan: _Plan, result: dict[str, Any]) -> dict[str, Any]:
        texts, spelled, others, numbers = plan
        # One comparison for all of them: a sum of absolute values is as large as the largest of its terms.
        if numbers is not None and not sum(map(abs, numbers(result))) < _SUSPICIOUS:
            others = [*others, *self._exact_numbers(result)]
        for name in texts:
            if not result[name]:
                result[name] = None
        for name, converter in spelled:
            field = result[name]
            try:
                result[name] = converter(field) if field else None
            except ValueError:
                result[name] = self._converters[name](field)
        for name, converter in others:
            result[name] = converter(result[name])
        return result

    def _exact_numbers(self, value: Mapping[str, Any]) -> Iterator[tuple[str, Converter]]:
        """The fields with a number in its form, each with what finds out whether it is too large."""
        for name, kind in self._kinds.items():
            if kind in ("number", "integer") and type(value.get(name)) is _EXACT[kind]:
                yield name, self._converters[name]


def _array(schema: Mapping[str, Any], path: str, report: Report) -> Converter:
    item = _converter(schema["items"], f"{path}[]", report) if "items" in schema else None
    is_of_texts = item is not None and _kind(schema["items"]) == "string"

    def convert(value: Any) -> Any:
        if isinstance(value, list):
            if item is None:
                return _writable(value)
            return [item(v) if v or (v is not None and v != "") else None for v in value]
        if value == {}:  # PHP's empty list
            return []
        if is_of_texts and isinstance(value, str):  # a single entry
            return [value]
        if value is not False:
            report(Mismatch(path, "array", value))
        return None

    return convert
