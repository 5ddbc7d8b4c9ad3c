"""BigCommerce's values in one form: ISO-8601 UTC timestamps, numbers as numbers, null for "none".

A stream's JSON schema says what each field is; `normaliser` compiles it into a function over records. Nothing is
dropped here: a field that the schema does not know stays as it is, and so does a value that does not fit its type,
which is reported. Formats and oddities: "Dates" and "Number formats" in docs/bigcommerce-oddities.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial
from typing import Any

import orjson
from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError

Converter = Callable[[Any], Any]
Report = Callable[[str, str], None]  # (path of the field, its type in the schema)

_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.ASCII | re.IGNORECASE
)
_UNIX = re.compile(r"-?\d{1,12}", re.ASCII)
_DIGITS = 15  # that every decimal number may have and still be a float
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# What BigCommerce (PHP underneath) writes for a date that is not set.
_NO_DATE = re.compile(r"0|0000-00-00.*|-0001-11-30.*|.* -0001 .*", re.ASCII)


@lru_cache(maxsize=8192)
def parse_timestamp(value: str | int) -> datetime | None:
    """The instant, in UTC, out of any format that BigCommerce uses; None for its ways of saying "none".

    A value without a zone is UTC. Raises ValueError for anything else.
    """
    text = str(value).strip()
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
            return datetime.fromtimestamp(int(text), timezone.utc)
        elif "/" in text:
            parsed = datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=timezone.utc)
        else:
            parsed = parsedate_to_datetime(text)
            parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
        return parsed.astimezone(timezone.utc)
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        raise ValueError(f"'{text}' is not a date in any format that BigCommerce uses") from None


def format_timestamp(instant: datetime) -> str:
    """The instant as ISO-8601 UTC with `Z`, with a fraction only where there is one."""
    return instant.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"


@lru_cache(maxsize=8192)
def _timestamp(value: str | int) -> str | None:
    instant = parse_timestamp(value)
    return None if instant is None else format_timestamp(instant)


def _to_timestamp(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError
    return _timestamp(value)


def _to_date(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError
    instant = parse_timestamp(value)
    return None if instant is None else instant.date().isoformat()


def _to_number(value: Any) -> Any:
    if type(value) is float or type(value) is int:
        return value
    if not isinstance(value, str):
        raise ValueError
    return _decimal(value)


@lru_cache(maxsize=8192)
def _decimal(text: str) -> float:
    """V2 sends decimals as strings. Raises ValueError for digits that a float cannot hold."""
    if not _DECIMAL.fullmatch(text.strip()):
        raise ValueError
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    # Up to 15 digits, the shortest float form has the same ones.
    if len(text) > _DIGITS and Decimal(text) != Decimal(repr(number)):
        raise ValueError
    return number


def _to_integer(value: Any) -> Any:
    if type(value) is int:
        return value
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]+\s*", value):
        return int(value)
    if isinstance(value, (str, float)):
        number = float(_to_number(value))
        if number.is_integer() and abs(number) < 2**53:
            return int(number)
    raise ValueError


def _to_boolean(value: Any) -> Any:
    if type(value) is bool:
        return value
    if value in (0, 1, "0", "1", "true", "false"):
        return value in (1, "1", "true")
    raise ValueError


def _to_text(value: Any) -> Any:
    if type(value) is str:
        return value
    if value == [] or value == {}:
        return None
    if isinstance(value, (dict, list, bool)):
        return _written(value).decode()
    return str(value)


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
_SHAPES = 1_000  # that are remembered of an object, so that a store where no two are alike takes no more memory


def normaliser(schema: Mapping[str, Any], report: Report) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """A function that returns a record in the form its schema promises.

    `report` is called with a field's path and type for each value that does not fit; that value stays as it is.
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
    if kind == "string":
        return _to_text  # fits every value
    convert = _SCALARS[kind]

    def scalar(value: Any) -> Any:
        try:
            return convert(value)
        except ValueError:
            if value == [] or value == {}:
                return None
            report(path, kind)
            return _writable(value)

    return scalar


class _Object:
    """Objects of a list are alike: which of their fields need work is found out once for each combination of types."""

    def __init__(self, schema: Mapping[str, Any], path: str, report: Report) -> None:
        fields = schema.get("properties", {})
        self._kinds = {name: _kind(field) for name, field in fields.items()}
        self._converters = {
            name: _converter(field, f"{path}.{name}" if path else name, report) for name, field in fields.items()
        }
        self._plans: dict[tuple[Any, ...], tuple[list[str], list[tuple[str, Converter]]]] = {}
        self._misfit = partial(report, path, "object")

    def convert(self, value: Any) -> Any:
        if isinstance(value, dict):
            shape = *value, *map(type, value.values())
            plan = self._plans.get(shape)
            if plan is None:
                if len(self._plans) >= _SHAPES:
                    self._plans.clear()
                plan = self._plans[shape] = self._plan(value)
            return self._apply(*plan, value.copy())
        if value == []:  # PHP's empty object
            return None
        self._misfit()
        return _writable(value)

    def _plan(self, value: Mapping[str, Any]) -> tuple[list[str], list[tuple[str, Converter]]]:
        """The fields in which only "" has to be replaced, and those to convert."""
        texts, others = [], []
        for name, converter in self._converters.items():
            found, kind = type(value.get(name)), self._kinds[name]
            if found is str and kind == "string":
                texts.append(name)
            elif found is not type(None) and found is not _EXACT.get(kind):
                others.append((name, _OF_TEXT.get(kind, converter) if found is str else converter))
        unknown = (name for name, field in value.items() if type(field) in (dict, list))
        others.extend((name, _writable) for name in unknown if name not in self._converters)
        return texts, others

    def _apply(self, texts: list[str], others: list[tuple[str, Converter]], result: dict[str, Any]) -> dict[str, Any]:
        for name in texts:
            if result[name] == "":
                result[name] = None
        for name, converter in others:
            field = result[name]
            try:
                result[name] = None if field == "" else converter(field)
            except ValueError:
                result[name] = self._converters[name](field)
        return result


def _array(schema: Mapping[str, Any], path: str, report: Report) -> Converter:
    item = _converter(schema["items"], f"{path}[]", report) if "items" in schema else None

    def convert(value: Any) -> Any:
        if isinstance(value, list):
            return _writable(value) if item is None else [None if v is None or v == "" else item(v) for v in value]
        report(path, "array")
        return _writable(value)

    return convert
