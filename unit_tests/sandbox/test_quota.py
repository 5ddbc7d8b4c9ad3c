"""Other apps that spend a store's quota without a word: the reported quota stays, what is left falls."""

from __future__ import annotations

import pytest

from sandbox.options import Options
from sandbox.quota import UNANNOUNCED, Quota
from unit_tests.sandbox.conftest import Direct


class Machine:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def make_quota(when: str, share: float = 0.3) -> tuple[Quota, Machine]:
    machine = Machine()
    return Quota(100, 10_000, unannounced=share, unannounced_when=when, clock=machine), machine


@pytest.mark.parametrize(
    ("when", "left"),
    [
        ("start", [70, 70, 70, 70, 70]),
        ("trickle", [100, 85, 73, 71, 100]),
        ("end", [100, 100, 70, 70, 100]),
    ],
)
def test_what_is_left_falls_and_the_quota_stays(when: str, left: list[int]) -> None:
    """A client that uses its own count alone would run into the limit."""
    quota, machine = make_quota(when)
    seen = []
    for machine.now in (0.0, 5.0, 9.0, 9.9, 10.0):
        seen.append(quota.left)
        assert quota.limit == 100
        assert quota.headers()["x-rate-limit-requests-left"] == str(seen[-1])
    assert seen == left


def test_other_apps_are_refused_like_everybody_when_nothing_is_left() -> None:
    """They cannot take what we have taken, and do not come back for it later in the window."""
    quota, machine = make_quota("end")
    assert sum(quota.take() for _ in range(85)) == 85
    machine.now = 9.5
    assert quota.left == 0
    assert not quota.take()
    machine.now = 10.0
    assert quota.left == 100


def test_an_unknown_time_is_refused() -> None:
    """A store with a misspelt manner would be a store without it."""
    with pytest.raises(ValueError, match="start, trickle, end, not 'never'"):
        make_quota("never")


@pytest.mark.parametrize("when", sorted(UNANNOUNCED))
def test_a_store_can_be_configured_to_have_such_apps(when: str) -> None:
    """By the same options in Python and on the command line."""
    assert Options(unannounced_when=when).unannounced_apps == 0.0
    headers = Direct(quota=10, unannounced_apps=1.0, unannounced_when=when).get("v2/time").headers
    assert headers["x-rate-limit-requests-quota"] == "10"
    assert (headers["x-rate-limit-requests-left"] == "0") == (when == "start")
