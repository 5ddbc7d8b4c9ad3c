"""Bodies as bytes: decoded to something that can be written again, or reported as no JSON."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import Breaker
from source_bigcommerce.api.json_body import UndecodableBody, decode
from source_bigcommerce.api.rate_limit.governor import RateLimitGovernor
from unit_tests.fuzz.support import JSON, examples
from unit_tests.support import Clock, response

ODD = {
    "100,000 lists": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "2,000 lists, odd text": b"[" * 2_000 + b'"\\ud800"' + b"]" * 2_000,
    "100,000 lists, odd text": b"[" * 100_000 + b'"\\ud800"' + b"]" * 100_000,
    "5,000 digits": b"[" + b"9" * 5_000 + b"]",
    "5,000 digits, odd text": b'["\\ud800", ' + b"9" * 5_000 + b"]",
    "400 digits, odd text": b'["\\ud800", ' + b"9" * 400 + b"]",
    "1e999": b"[1e999]",
    "1e999, odd text": b'["\\ud800", 1e999]',
    "NaN": b"[NaN]",
    "Infinity": b"[-Infinity]",
    "a byte order mark": b"\xef\xbb\xbf[]",
    "UTF-16": "[]".encode("utf-16"),
    "UTF-32": "[]".encode("utf-32"),
    "NUL": b'["\\u0000"]',
    "a bare NUL": b'["\x00"]',
    "invalid UTF-8": b'["\xff"]',
    "overlong UTF-8": b'["\xc0\xaf"]',
    "10 MB": b'["' + b"x" * 10_000_000 + b'"]',
    "10 MB, odd text": b'["' + b"\xff" * 10_000_000 + b'"]',
}


def check(body: bytes) -> None:
    """Decodes it; what comes out can be written as JSON in UTF-8, without NaN."""
    try:
        value = decode(response(200, body))
    except UndecodableBody:
        return
    orjson.dumps(value)
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_an_odd_body_is_decoded_or_reported(body: bytes) -> None:
    """Each of these has broken some decoder."""
    check(body)


@examples(300)
@given(body=st.binary(max_size=30))
def test_any_bytes_are_decoded_or_reported(body: bytes) -> None:
    """A body may be anything at all."""
    check(body)


@examples(300)
@given(value=JSON, at=st.integers(0, 60), byte=st.binary(max_size=2))
def test_damaged_json_is_decoded_or_reported(value: Any, at: int, byte: bytes) -> None:
    """Some bytes in the middle are others."""
    text = json.dumps(value).encode()
    check(text[:at] + byte + text[at + len(byte) :])


@examples(200)
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [f"X-Rate-Limit-{name}" for name in ("Requests-Quota", "Requests-Left", "Time-Reset-Ms", "Time-Window-Ms")]
            + ["X-Retry-After"]
        ),
        st.one_of(
            st.sampled_from(["", "NaN", "-inf", "1e308", "-1", "0", "1", "9" * 400, "0x10", "1_0", "20000", "\u0661"]),
            st.integers().map(str),
            st.text(max_size=5),
        ),
    ),
    status=st.sampled_from([200, 429, 500, 509]),
)
def test_whatever_the_headers_say_a_request_may_be_sent_within_hours(headers: dict[str, str], status: int) -> None:
    """All five headers together: no combination may stop the workers for good."""
    clock = Clock()
    governor = RateLimitGovernor(0.1, Breaker(), clock, clock.sleep)
    for _ in range(3):
        governor.acquire_call(None)
        governor.update_from_response(None, response(status, headers=headers))
    governor.acquire_call(None)
    assert clock.now <= 4 * 3600
