"""Dates in every documented format, and what looks like them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.timestamps import format_timestamp, parse_timestamp
from unit_tests.fuzz.support import TEXTS, examples

FORMATS = {
    "ISO, Z": "%Y-%m-%dT%H:%M:%SZ",
    "ISO, offset": "%Y-%m-%dT%H:%M:%S+00:00",
    "ISO, compact offset": "%Y-%m-%dT%H:%M:%S+0000",
    "ISO, none": "%Y-%m-%d %H:%M:%S",
    "RFC 2822": "%a, %d %b %Y %H:%M:%S +0000",
    "US": "%m/%d/%Y %I:%M:%S %p",
}
INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(lambda d: d.replace(microsecond=0))


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@examples(60)
@given(instant=INSTANTS)
def test_an_instant_in_any_format_is_that_instant(form: str, instant: datetime) -> None:
    """A date that is misread moves a record out of its window."""
    assert parse_timestamp(instant.strftime(form)) == instant.replace(tzinfo=timezone.utc)


@examples(100)
@given(instant=INSTANTS, digits=st.text("0123456789", min_size=1, max_size=9))
def test_fractions_of_any_length_are_cut_to_microseconds(instant: datetime, digits: str) -> None:
    """The written form is read again as the same instant."""
    parsed = parse_timestamp(f"{instant.isoformat()}.{digits}Z")
    assert parsed is not None and parsed - instant.replace(tzinfo=timezone.utc) < timedelta(seconds=1)
    assert parse_timestamp(format_timestamp(parsed)) == parsed


@examples(300)
@given(
    form=st.sampled_from(sorted(FORMATS.values())),
    instant=INSTANTS,
    at=st.integers(0, 30),
    odd=TEXTS,
    cut=st.integers(0, 3),
)
def test_a_damaged_date_is_a_date_or_refused(form: str, instant: datetime, at: int, odd: str, cut: int) -> None:
    """Nothing but ValueError may come out."""
    text = instant.strftime(form)
    try:
        parsed = parse_timestamp(text[:at] + odd + text[at + cut :])
    except ValueError:
        return
    assert parsed is None or parsed.utcoffset() == timedelta(0)


@examples(200)
@given(seconds=st.integers() | st.integers(-(10**12), 10**12))
def test_unix_seconds_of_any_size_are_a_date_or_refused(seconds: int) -> None:
    """Milliseconds are recognised by their size; nanoseconds and nonsense are refused."""
    try:
        parsed = parse_timestamp(seconds)
    except ValueError:
        return
    expected = seconds / 1000 if abs(seconds) >= 10**12 else seconds
    assert parsed is None if not seconds else parsed is not None and parsed.timestamp() == pytest.approx(expected)
