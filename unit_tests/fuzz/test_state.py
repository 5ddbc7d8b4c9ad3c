"""The state of one stream, with anything in it: an instant, a first sync, or one sentence with the remedy."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.lists.state import parse_state
from unit_tests.fuzz.support import JSON, TEXTS, assert_sentence, examples

NAMES = TEXTS | st.sampled_from(
    ["date_modified", "bookmarks", "slices", "state_type", "states", "id", "orders", "selection", "backfill",
     "product_ids", "unread_parents", "sync_mode", "store_hash", "channel_ids"]
)  # fmt: skip
DATES = st.one_of(
    JSON,
    st.datetimes().map(str),
    st.datetimes(timezones=st.just(timezone.utc)).map(lambda d: d.strftime("%a, %d %b %Y %H:%M:%S +0000")),
    st.sampled_from(["0000-00-00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", 10**12, -(10**11)]),
)
RANGES = st.lists(st.fixed_dictionaries({}, optional={"start": DATES, "end": DATES}) | JSON, max_size=3)


@examples(400)
@given(
    state=st.dictionaries(
        NAMES, DATES | RANGES | st.dictionaries(NAMES, st.dictionaries(NAMES, DATES) | JSON), max_size=4
    )
)
def test_any_state_is_understood_or_explained(state: dict[str, Any]) -> None:
    """A state that cannot be read must neither be taken for none nor end in a Python error."""
    try:
        instant = parse_state("orders", "date_modified", state).reached
    except BigCommerceError as error:
        assert_sentence(error, "'orders'", "Reset the stream")
    else:
        assert instant is None or (isinstance(instant, datetime) and instant.utcoffset() is not None)
