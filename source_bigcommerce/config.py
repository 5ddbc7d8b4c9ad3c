"""The settings of the connector: their form, and the only place where they are parsed, normalized and validated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from enum import Enum
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

API_HOST = "api.bigcommerce.com"
B2B_HOST = "api-b2b.bigcommerce.com"

# A browser form applies these patterns too, so they use only what has the same meaning in Python's `re` and
# JavaScript's RegExp: no named groups, no inline flags, no \d, \s or \Z.
_BLANKS = " \t\r\n\u00a0"  # may surround a copied value
_SPACE = r"[ \t\r\n\u00a0]*"
# The months with 31 and with 30 days; February, whose 29th only leap years have, is separate.
_MONTHS = (("(0[13578]|1[02])", "(0[1-9]|[12][0-9]|3[01])"), ("(0[469]|11)", "(0[1-9]|[12][0-9]|30)"))
_YEAR = "[1-9][0-9]{3}"
_LEAP_YEAR = "([1-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)"
_ISO_DAY = "|".join(
    (*(f"{_YEAR}-{month}-{day}" for month, day in _MONTHS), f"{_YEAR}-02-(0[1-9]|1[0-9]|2[0-8])", f"{_LEAP_YEAR}-02-29")
)
_US_DAY = "|".join(
    (*(f"{month}/{day}/{_YEAR}" for month, day in _MONTHS), f"02/(0[1-9]|1[0-9]|2[0-8])/{_YEAR}", f"02/29/{_LEAP_YEAR}")
)
_HOUR, _SIXTY = "([01][0-9]|2[0-3])", "[0-5][0-9]"
_TIME = rf"T{_HOUR}:{_SIXTY}:{_SIXTY}(\.[0-9]+)?(Z|[+-]{_HOUR}:{_SIXTY})?"
START_DATE_PATTERN = rf"^{_SPACE}(({_ISO_DAY})({_TIME})?|{_US_DAY}){_SPACE}$"
# An API path or URL with the hash, the store's permanent address (store-<hash>.mybigcommerce.com; with a number at the
# end for any channel but the first), or the hash alone; then any path and query.
_REST = r"([/?#][!-~]*)?"
_STORE_HASH = (
    rf"(https?://)?api\.bigcommerce\.com/+stores/([A-Za-z0-9]+){_REST}"
    rf"|/?stores/([A-Za-z0-9]+){_REST}"
    rf"|(https?://)?store-([A-Za-z0-9]+)(-[0-9]+)?\.mybigcommerce\.com{_REST}"
    r"|store-([A-Za-z0-9]+)(-[0-9]+)?"
    r"|([A-Za-z0-9]+)(/(v[23]/?)?)?"
)
_STORE_HASH_GROUPS = (2, 4, 7, 10, 12)
STORE_HASH_PATTERN = f"^{_SPACE}({_STORE_HASH}){_SPACE}$"
# Visible ASCII: the only characters that can travel in an HTTP header unchanged.
HEADER_PATTERN = f"^{_SPACE}[!-~]+{_SPACE}$"
_NO_SPACES = "letters, digits and signs without spaces"


def parse_start_date(value: object) -> datetime:
    """Returns the start date as an aware datetime in UTC. The default time is midnight, the default zone UTC.

    Raises ValueError with a message for the user if `value` has none of the accepted forms.
    """
    text = _text("start_date", value)
    try:
        if not re.fullmatch(START_DATE_PATTERN, text):
            raise ValueError
        if "/" in text:
            parsed = datetime.strptime(text, "%m/%d/%Y")
        elif "T" in text:
            # Python 3.10 reads neither "Z" nor fractions of any length.
            parsed = datetime.fromisoformat(re.sub(r"\.[0-9]+", "", text).replace("Z", "+00:00"))
        else:
            parsed = datetime.strptime(text, "%Y-%m-%d")
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=timezone.utc)
        return parsed.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise ValueError(
            f"The start date '{_shortened(text)}' is not a date: write it as 2024-01-31, 01/31/2024 "
            "(month first) or 2024-01-31T00:00:00Z."
        ) from None


def parse_store_hash(value: object) -> str:
    """Returns the store hash from the hash itself, an API path or URL, or the store's permanent address.

    Raises ValueError with a message for the user if there is none.
    """
    text = _text("store_hash", value)
    if match := re.fullmatch(_STORE_HASH, text):
        return next(match[group] for group in _STORE_HASH_GROUPS if match[group])
    if "://" in text or "." in text:
        raise ValueError(
            f"The store hash '{_shortened(text)}' is an address without a store hash: enter only the hash, the part "
            f"after /stores/ in https://{API_HOST}/stores/abc123/v3/, or the store's permanent address, "
            "store-abc123.mybigcommerce.com."
        )
    raise ValueError(
        f"The store hash '{_shortened(text)}' is not a store hash: it contains only letters and digits, such as "
        f"abc123 in https://{API_HOST}/stores/abc123/v3/."
    )


def parse_api_url(value: object) -> str:
    """Returns an API's base URL without a trailing slash: https, or http if the host is this machine.

    Raises ValueError with a message for the user for any other value.
    """
    text = _text("api_url", value).rstrip("/")
    try:
        url = urlsplit(text)
        host, _ = url.hostname, url.port
        (host or "").encode("idna")  # as in a name lookup: fails if a part is empty or too long
    except ValueError:
        host = None
    if (
        not host
        or url.query
        or url.fragment
        or url.scheme not in ("http", "https")
        or not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", url.netloc)
        or not re.fullmatch(r"[!-~]*", url.path)
    ):
        raise ValueError(f"The API address is not a valid URL: write it as https://{API_HOST}.")
    if url.scheme == "http" and not _is_loopback(host):
        raise ValueError(
            f"The API address '{_shortened(text)}' would send the access token unencrypted: use https. "
            "Plain http is accepted only for a store on this machine, such as http://127.0.0.1:8080."
        )
    return f"{url.scheme}://{url.netloc.lower()}{url.path}"


def _credential(name: str) -> BeforeValidator:
    def parse(value: object) -> str:
        text = _text(name, value)
        if not re.fullmatch(HEADER_PATTERN, text):
            raise ValueError(
                f"The setting {name} contains a space or another invalid character: copy it again from the API "
                "account in the BigCommerce control panel."
            )
        return text

    return BeforeValidator(parse)


class Reconcile(str, Enum):
    """The frequency of reconciliations."""

    NEVER = "never"
    WEEKLY = "weekly"
    DAILY = "daily"
    EVERY_SYNC = "every_sync"

    @property
    def interval(self) -> timedelta:
        """The time after a reconciliation when the next one is due; an hour less than the name says, as schedules are
        not exact."""
        return {Reconcile.DAILY: timedelta(hours=23), Reconcile.WEEKLY: timedelta(days=7, hours=-1)}.get(
            self, timedelta()
        )


class Config(BaseModel):
    """The connector's settings; `Config.spec()` is the form that Airbyte shows for them."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    start_date: Annotated[
        datetime,
        BeforeValidator(parse_start_date),
        WithJsonSchema({"type": "string", "pattern": START_DATE_PATTERN}),
    ] = Field(
        title="Start date",
        description=(
            "Customers and orders changed before this date are not replicated, nor are orders and quotes of B2B "
            "Edition. Products ignore it on their first sync: all of them are replicated. Coupons are always "
            "replicated in full. The default time is midnight UTC."
        ),
        examples=["2024-01-31", "01/31/2024", "2024-01-31T00:00:00Z"],
        json_schema_extra={"order": 0, "pattern_descriptor": "YYYY-MM-DD, MM/DD/YYYY or YYYY-MM-DDTHH:MM:SSZ"},
    )
    client_id: Annotated[
        str,
        _credential("client_id"),
        WithJsonSchema({"type": "string", "minLength": 1, "pattern": HEADER_PATTERN}),
    ] = Field(
        title="Client ID",
        description=(
            "The client ID of your store-level API account. BigCommerce shows it once, when you create the account "
            "in the control panel under Settings > Store-level API accounts."
        ),
        examples=["9ab1cd2ef3gh4ij5kl6mn7op8qr9st0"],
        # Not a credential by itself, but it identifies the account: kept out of logs like the token.
        json_schema_extra={"order": 1, "airbyte_secret": True, "pattern_descriptor": _NO_SPACES},
    )
    access_token: Annotated[
        str,
        _credential("access_token"),
        WithJsonSchema({"type": "string", "minLength": 1, "pattern": HEADER_PATTERN}),
    ] = Field(
        title="Access token",
        description=(
            "The access token of the same API account, shown once together with the client ID. Each stream needs "
            "an OAuth scope, read-only: Customers, Marketing, Orders and Products are enough for the tables of "
            "customers, coupons, orders and products. The connection test names every scope that is missing, and "
            "the streams that need it."
        ),
        json_schema_extra={"order": 2, "airbyte_secret": True, "pattern_descriptor": _NO_SPACES},
    )
    store_hash: Annotated[
        str,
        BeforeValidator(parse_store_hash),
        WithJsonSchema({"type": "string", "pattern": STORE_HASH_PATTERN}),
    ] = Field(
        title="Store hash",
        description=(
            "The part after /stores/ in the API path that the control panel shows beside the access token, for "
            "example abc123 in https://api.bigcommerce.com/stores/abc123/v3/. The whole path is accepted too, and the "
            "store's permanent address, store-abc123.mybigcommerce.com."
        ),
        examples=["abc123", "https://api.bigcommerce.com/stores/abc123/v3/"],
        json_schema_extra={
            "order": 3,
            "pattern_descriptor": (
                "abc123, https://api.bigcommerce.com/stores/abc123/v3/ or store-abc123.mybigcommerce.com"
            ),
        },
    )
    lookback_minutes: int = Field(
        default=5,
        ge=0,
        le=10_080,
        title="Look-back (minutes)",
        description=(
            "Each sync also reads the changes of this many minutes before the previous sync began, in case the store "
            "returned a change late. Records read twice are merged by primary key in the destination."
        ),
        json_schema_extra={"order": 4},
    )
    num_workers: int = Field(
        default=8,
        ge=1,
        le=40,
        title="Parallel workers",
        description="The maximum number of concurrent requests.",
        json_schema_extra={"order": 5},
    )
    quota_reserve_percent: int = Field(
        default=10,
        ge=0,
        le=90,
        title="Quota reserve (percent)",
        description="The share of the store's request quota that is left to the store's other apps.",
        json_schema_extra={"order": 6},
    )
    channel_ids: Annotated[tuple[int, ...], WithJsonSchema({"type": "array", "items": {"type": "integer"}})] = Field(
        default=(),
        title="Channels",
        description=(
            "Replicate only the orders, products, pages and other records of these channels. The ID of a channel is "
            "the number in its address in the control panel. Leave empty for all channels. When you add a channel, "
            "the next sync reads its older records too."
        ),
        examples=[[1]],
        json_schema_extra={"order": 7},
    )
    reconcile: Annotated[
        Reconcile,
        WithJsonSchema({"type": "string", "enum": [one.value for one in Reconcile]}),
    ] = Field(
        default=Reconcile.DAILY,
        title="Reconcile",
        description=(
            "How often incremental streams are compared with the whole store, to find deleted records and changes "
            "without a date. This takes a request for every 250 records of each list, after the new data has been read."
        ),
        json_schema_extra={"order": 8},
    )
    b2b_edition: bool = Field(
        default=False,
        title="B2B Edition",
        description=(
            "Also replicate companies, their users, quotes, invoices and the other tables of B2B Edition, "
            "from its own API. The API account needs the OAuth scope B2B Edition, which BigCommerce offers as "
            "'modify' only; the connector sends nothing but GET. After a change, refresh the source schema of the "
            "connection."
        ),
        json_schema_extra={"order": 9},
    )
    api_url: Annotated[str, BeforeValidator(parse_api_url), WithJsonSchema({"type": "string"})] = Field(
        default=f"https://{API_HOST}",
        title="API address",
        description="Another address of the API, for tests against a local store.",
        json_schema_extra={"order": 10, "airbyte_hidden": True},
    )
    b2b_api_url: Annotated[str, BeforeValidator(parse_api_url), WithJsonSchema({"type": "string"})] = Field(
        default=f"https://{B2B_HOST}",
        title="API address of B2B Edition",
        description="Another address of the API of B2B Edition, for tests against a local store.",
        json_schema_extra={"order": 11, "airbyte_hidden": True},
    )

    @property
    def lookback(self) -> timedelta:
        return timedelta(minutes=self.lookback_minutes)

    @property
    def store_url(self) -> str:
        """The URL that every endpoint is relative to, with a trailing slash."""
        return f"{self.api_url}/stores/{self.store_hash}/"

    @property
    def b2b_url(self) -> str:
        """The same for the endpoints of B2B Edition, which names the store in a header."""
        return f"{self.b2b_api_url}/api/v3/io/"

    @classmethod
    def parse(cls, config: Mapping[str, Any]) -> Config:
        """Returns the validated settings. Raises ValueError with a sentence for each error, without secrets."""
        try:
            return cls.model_validate(dict(config))
        except ValidationError as error:
            sentences = [_sentence(e) for e in error.errors(include_url=False, include_input=False)]
            raise ValueError(" ".join(dict.fromkeys(sentences))) from None

    @classmethod
    def spec(cls) -> dict[str, Any]:
        """Returns the connection specification: a draft-07 JSON Schema with the keywords of Airbyte's form."""
        schema = cls.model_json_schema()
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "BigCommerce",
            "type": "object",
            "required": schema["required"],
            "additionalProperties": True,
            "properties": schema["properties"],
        }


_WHERE_TO_FIND = {
    "client_id": (
        " BigCommerce shows it together with the access token. Connections of the former BigCommerce connector have "
        "none: add it, or create a new API account if it is lost."
    )
}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"The setting {name} must be text.")
    text = value.strip(_BLANKS)
    if not text:
        raise ValueError(f"The setting {name} is empty: fill it in.")
    return text


def _shortened(text: str) -> str:
    """Returns the beginning of a text, in characters that can be printed: half of a surrogate pair cannot."""
    printable = text[:61].encode(errors="replace").decode()
    return printable if len(printable) <= 60 else f"{printable[:57]}..."


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _sentence(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else "config"
    if error["type"] == "missing":
        return f"The setting {name} is missing: fill it in.{_WHERE_TO_FIND.get(name, '')}"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    bounds = error.get("ctx", {})
    if "le" in bounds or "ge" in bounds:
        limit = f"at most {bounds['le']}" if "le" in bounds else f"at least {bounds['ge']}"
        return f"The setting {name} must be {limit}."
    if name == "reconcile":
        return f"The setting {name} must be {', '.join(one.value for one in Reconcile)}.".replace(
            ", every", " or every"
        )
    if name == "b2b_edition":
        return f"The setting {name} must be true or false."
    if name == "channel_ids":
        return f"The setting {name} must be a list of whole numbers, such as [1, 2]."
    return f"The setting {name} must be a whole number."
