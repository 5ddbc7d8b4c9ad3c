"""The rules of `conftest.py`, applied to small suites."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import conftest

pytest_plugins = ["pytester"]

RULES = (Path(__file__).parents[1] / "conftest.py").read_text(encoding="utf-8")
# The tests that are skipped in these ways are run by the test below, which counts what becomes of them.
SKIPPING = """
import pytest
def test_body(): pytest.skip("no podman")
@pytest.mark.skip(reason="no podman")
def test_mark(): pass
@pytest.fixture
def tool(): pytest.skip("no podman")
def test_fixture(tool): pass
@pytest.mark.skipif(True, reason="not repeated by CI: there is no terraform")
def test_exempt(): pass
def test_scenario(): pytest.skip("`read` does not run for scenario 'refused'")
def test_image(): pytest.skip("docker dates the files of an image only when it exports or pushes it")
"""


@pytest.mark.parametrize(("ci", "outcomes"), [("", {"skipped": 7}), ("1", {"failed": 1, "errors": 3, "skipped": 3})])
def test_a_skipped_test_fails_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, outcomes: dict[str, int]
) -> None:
    """A CI machine without a tool would otherwise be green for years without testing what needs it."""
    monkeypatch.setenv("CI", ci)
    pytester.makeconftest(RULES)
    pytester.makepyfile(SKIPPING, test_whole="import pytest; pytest.skip('no podman', allow_module_level=True)")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--continue-on-collection-errors")
    assert result.parseoutcomes() == outcomes
    if ci:
        result.stdout.fnmatch_lines(["CI skips nothing. Skipped: no podman"])


ENDED = threading.Event()
LEAKING = """
import threading
from unit_tests.test_conftest import ENDED
def test_leak():
    for _ in range({threads}):
        threading.Thread(target=ENDED.wait, args=(60,), name="reader_1", daemon=True).start()
def test_last(request): request.addfinalizer(ENDED.{finally_})
"""


HELD = """
import threading
import time
import weakref
from unit_tests.test_conftest import ENDED
class Store:
    def __init__(self):
        self.stream = [self]
        weakref.finalize(self, ENDED.set)
def test_store():
    store = Store()
    for _ in range({threads}):
        threading.Thread(target=ENDED.wait, args=(60,), name="reader_1", daemon=True).start()
    threading.Thread(target=lambda store: time.sleep(0.5), args=(store,)).start()
"""


def test_threads_end_with_a_store_that_is_garbage_only_a_moment_after_the_last_test(pytester: pytest.Pytester) -> None:
    """On a busy machine the thread of its last request is the last to know it."""
    ENDED.clear()
    pytester.makeconftest(RULES)
    pytester.makepyfile(HELD.format(threads=conftest.MOST_THREADS_LEFT + 1))
    try:
        result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    finally:
        ENDED.set()
    assert result.parseoutcomes() == {"passed": 1}


@pytest.mark.parametrize(
    ("threads", "finally_", "grace", "outcomes"),
    [
        (conftest.MOST_THREADS_LEFT + 1, "is_set", 0.1, {"passed": 2, "errors": 1}),
        (conftest.MOST_THREADS_LEFT, "is_set", 0.1, {"passed": 2}),
        (conftest.MOST_THREADS_LEFT + 1, "set", 60.0, {"passed": 2}),
    ],
    ids=["too many", "a handful", "ended in time"],
)
def test_a_suite_that_leaves_threads_behind_fails(
    pytester: pytest.Pytester,
    threads: int,
    finally_: str,
    grace: float,
    outcomes: dict[str, int],
) -> None:
    """A process with hundreds of idle threads slows every test that follows in it."""
    ENDED.clear()
    pytester.makeconftest(RULES.replace("GRACE = 10.0", f"GRACE = {grace}"))
    pytester.makepyfile(LEAKING.format(threads=threads, finally_=finally_))
    try:
        result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    finally:
        ENDED.set()
    assert result.parseoutcomes() == outcomes
    if "errors" in outcomes:
        result.stdout.fnmatch_lines([f"{threads} threads were left running: {{'reader_': {threads}}}.*"])
