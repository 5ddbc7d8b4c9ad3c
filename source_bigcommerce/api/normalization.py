"""Normalization of BigCommerce's values: ISO-8601 UTC timestamps, numbers, and null for missing values.

The JSON schema of a stream defines the type of each field; `build_normalizer` compiles it into a function over records.
Fields outside the schema are not changed. A value that does not fit the column of its field becomes null and is
reported, as one such value would fail the load of a whole table. Formats and oddities: "Dates" and "Number formats" in
docs/bigcommerce-oddities.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple
from unicodedata import category

import orjson
from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.timestamps import format_timestamp, parse_timestamp

Converter = Callable[[Any], Any]


class TooLarge(ValueError):
    """The value has the right type, but more digits than its column."""


class Mismatch(NamedTuple):
    """A value that does not fit its field. It became null, or its JSON text if `is_kept`."""

    path: str  # dotted, with `[]` for the entries of a list
    kind: str  # the field's format in the schema, or its type if it has no format
    value: Any
    is_too_large: bool = False
    is_kept: bool = False


Report = Callable[[Mismatch], None]
Getter = Callable[[Mapping[str, Any]], Sequence[Any]]

_DIGITS = 15  # significant decimal digits that a float always preserves
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Formatted amounts that are unambiguous. A single comma, or with a currency sign a point before three digits, could
# separate thousands or decimals.
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+", re.ASCII)
_PRICED = re.compile(r"[+-]?\d+(\.(?!\d{3}$)\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_LARGEST_INTEGER = 2**63  # exclusive; a column of 64 bits
_LARGEST_NUMBER = 1e29  # exclusive; DECIMAL(38, 9)
_EXACT_FLOATS = 2**53  # below it, a float represents every integer
_LONGEST = 30  # characters of an integer that is parsed; a longer one is too large


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


def _decimal(text: str) -> float | int:
    """Returns a decimal of V2, a string, as a number. Raises ValueError, or TooLarge if digits would be lost."""
    if not _DECIMAL.fullmatch(text.strip()):
        return _decimal(_plain(text.strip()))
    number = float(text)
    if not abs(number) < _LARGEST_NUMBER:
        raise TooLarge
    # Up to 15 digits, the shortest form of the float has the same digits.
    if len(text) > _DIGITS and Decimal(text) != Decimal(repr(number)):
        return _whole(Decimal(text))
    return number


def _whole(number: Decimal) -> int:
    """Returns the number as a 64-bit integer, which JSON represents exactly. Raises TooLarge for any other number."""
    if number % 1 or not -_LARGEST_INTEGER <= number < _LARGEST_INTEGER:
        raise TooLarge
    return int(number)


def _plain(text: str) -> str:
    """Returns an amount without its currency sign and thousands separators. Raises ValueError for other text."""
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


def to_integer(value: Any) -> int | None:
    """Returns an id or a count, which may be `1`, `"1"` or `1.0`, as an integer; None for any other value."""
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
    return to_json(value).decode() if isinstance(value, (dict, list, bool)) else str(value)


def to_json(value: Any) -> bytes:
    """Returns the value as JSON. Raises BigCommerceError if it is nested too deeply."""
    try:
        return orjson.dumps(value)
    except TypeError:
        raise BigCommerceError(
            "A record of BigCommerce contains a value that is nested too deeply for any destination. The sync stops "
            "to avoid losing it. Please report this line.",
            FailureType.system_error,
        ) from None


def _writable(value: Any) -> Any:
    """Returns the value. Raises BigCommerceError if it is nested too deeply."""
    if isinstance(value, (dict, list)):
        to_json(value)
    return value


_SCALARS: Mapping[str, Converter] = {
    "date-time": _to_timestamp,
    "date": _to_date,
    "number": _to_number,
    "integer": _to_integer,
    "boolean": _to_boolean,
    "string": _to_text,
}
# The Python types of values that need no conversion, except "".
_EXACT: Mapping[str, tuple[type, ...]] = {
    "number": (float, int),
    "integer": (int,),
    "boolean": (bool,),
    "string": (str,),
}
# Fast converters for strings; a value that raises ValueError is passed to the full converter. Most amounts and dates
# occur many times, so the results are kept, in plain dicts: a lookup takes a fraction of the time of a function call.
_OF_TEXT: Mapping[str, Converter] = {"date-time": _timestamp, "number": _decimal}
_KNOWN_TEXTS: Mapping[str, dict[str, Any]] = {kind: {"": None} for kind in _OF_TEXT}
_MOST_KNOWN = 20_000  # texts of each kind, to bound the memory
_SUSPICIOUS = 2.0**62  # for the sum of the absolute values of an object's numbers, from which each is checked
_OF_ANY_TYPE = "value"  # fields of this name, as in form fields, are documented to contain lists too
_SHAPES = 1_000  # that are cached per object, to bound the memory


def build_normalizer(schema: Mapping[str, Any], report: Report) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Returns a function that converts a record to the types of its schema.

    `report` is called for each value that does not fit its field, in the thread that converts the record.
    """
    return _Object(schema, "", report).convert


def _kind(schema: Mapping[str, Any]) -> str:
    """Returns the format in a field's schema, or its type if it has no format."""
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
    """The conversions for the fields of an object, by name. Fields in none of the lists need no conversion."""

    texts: list[str]  # in which only "" must be replaced
    text_values: Getter
    spelled: list[tuple[str, dict[str, Any], list[str]]]  # numbers and dates that are strings: kind, known texts, names
    others: list[tuple[str, Converter]]
    numbers: Getter | None  # values that need no conversion unless they are too large


class _Object:
    """Converts the objects of a field. The plan is computed once for each combination of names and types."""

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
        if not isinstance(value, dict):
            return self._convert_other(value)
        shape = *value, *map(type, value.values())
        try:
            texts, text_values, spelled, others, numbers = self._plans[shape]
        except KeyError:
            texts, text_values, spelled, others, numbers = self._plan(shape, value)
        result = value.copy()
        # One comparison for all numbers: most objects have none that is close to the limit.
        if numbers is not None and not sum(map(abs, numbers(result))) < _SUSPICIOUS:
            others = [*others, *self._exact_numbers(result)]
        if "" in text_values(result):
            result.update({name: result[name] or None for name in texts})
        for kind, known, names in spelled:
            for name in names:
                try:
                    result[name] = known[result[name]]
                except KeyError:
                    result[name] = self._convert_text(kind, name, result[name])
        for name, converter in others:
            result[name] = converter(result[name])
        return result

    def _convert_other(self, value: Any) -> None:
        if value != [] and value is not False:  # PHP's empty object and missing value
            self._report(Mismatch(self._path, "object", value))

    def _plan(self, shape: tuple[Any, ...], value: Mapping[str, Any]) -> _Plan:
        texts, others, numbers = [], [], []
        spelled: dict[str, list[str]] = {}
        for name, converter in self._converters.items():
            found, kind = type(value.get(name)), self._kinds[name]
            if found is str and kind == "string":
                texts.append(name)
            elif found is str and kind in _OF_TEXT:
                spelled.setdefault(kind, []).append(name)
            elif found is str:
                others.append((name, _unless_empty(converter)))
            elif found is type(None):
                continue
            elif found not in _EXACT.get(kind, ()):
                others.append((name, converter))
            elif found is float or (found is int and name != "id" and not name.endswith("_id")):
                numbers.append(name)
        unknown = (name for name, field in value.items() if type(field) in (dict, list))
        others.extend((name, _writable) for name in unknown if name not in self._converters)
        if len(self._plans) >= _SHAPES:
            self._plans.clear()
        plan = self._plans[shape] = _Plan(
            texts,
            _getter(texts),
            [(kind, _KNOWN_TEXTS[kind], names) for kind, names in spelled.items()],
            others,
            _getter(numbers) if numbers else None,
        )
        return plan

    def _convert_text(self, kind: str, name: str, text: str) -> Any:
        if not text:
            return None  # another thread has just cleared the known texts
        try:
            result = _OF_TEXT[kind](text)
        except ValueError:
            return self._converters[name](text)
        known = _KNOWN_TEXTS[kind]
        if len(known) >= _MOST_KNOWN:
            known.clear()
            known[""] = None
        known[text] = result
        return result

    def _exact_numbers(self, value: Mapping[str, Any]) -> Iterator[tuple[str, Converter]]:
        """Yields the fields with numbers that need no conversion, with the converters that check their size."""
        for name, kind in self._kinds.items():
            if kind in ("number", "integer") and type(value.get(name)) in _EXACT[kind]:
                yield name, self._converters[name]


def _unless_empty(convert: Converter) -> Converter:
    return lambda text: convert(text) if text else None


def _getter(names: Sequence[str]) -> Getter:
    """Returns a function for the values of these fields."""
    # The first name is repeated, as itemgetter returns no tuple for a single name.
    return itemgetter(*names, names[0]) if names else lambda _: ()


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
