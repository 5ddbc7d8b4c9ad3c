"""How the process ends with an error."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from io import StringIO
from queue import Empty, SimpleQueue
from types import BuiltinMethodType
from typing import Any

import pytest
from airbyte_cdk.logger import PRINT_BUFFER

from source_bigcommerce import last_words
from source_bigcommerce.last_words import explain_and_exit


class Ended(BaseException):
    """In place of the end of the process."""


@pytest.fixture(autouse=True)
def _no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(code: int) -> None:
        raise Ended(code)

    monkeypatch.setattr(os, "_exit", end)


def test_what_was_in_a_buffer_that_could_not_grow_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python fills such a buffer with memory that was never written, and the destination would read it."""
    monkeypatch.setattr(PRINT_BUFFER, "buffer", StringIO("never written"))
    with pytest.raises(Ended, match="1"):
        explain_and_exit(MemoryError())
    assert "never written" not in capfd.readouterr().out


def test_a_thread_that_cannot_be_started_is_told_with_both_causes(capfd: pytest.CaptureFixture[str]) -> None:
    """A limit of threads and want of memory for a stack: Python has the same words for both."""
    before = threading.stack_size(1 << 46)  # no machine has room for such a stack
    try:
        with pytest.raises(RuntimeError) as refused:
            threading.Thread(target=print).start()
    finally:
        threading.stack_size(before)
    with pytest.raises(Ended, match="1"):
        explain_and_exit(refused.value)
    told = "".join(capfd.readouterr())
    assert "could not start another thread: memory ran out, or it has as many threads as it may." in told
    assert "raise the limit of threads" in told


class SlowThread(threading.Thread):
    """One that begins when it may."""

    may_begin: threading.Event

    def _bootstrap(self) -> None:
        self.may_begin.wait()
        super()._bootstrap()  # type: ignore[misc]


@pytest.fixture
def slow() -> Iterator[SlowThread]:
    """A thread that was started and has not begun."""
    thread = SlowThread(daemon=True)
    thread.may_begin = threading.Event()
    starter = threading.Thread(target=thread.start)
    starter.start()
    while thread not in threading.enumerate():
        pass
    yield thread
    thread.may_begin.set()
    starter.join()
    thread.join()


class Enough(Exception):
    """The watch has beaten as often as it was to."""


class Beats(SimpleQueue[Any]):
    """What the watch listens to: there is nothing to hear, so often, and no time passes."""

    count = 0

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if not self.count:
            raise Enough
        self.count -= 1
        raise Empty


def beat(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the watch beat so often."""
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(Beats, "count", count)
    monkeypatch.setattr(last_words, "SimpleQueue", Beats)
    with pytest.raises(Enough):
        last_words._watch(SimpleQueue())


def test_a_thread_that_begins_late_is_not_taken_for_dead(slow: SlowThread, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine lets it wait for long."""
    beat(59, monkeypatch)


def test_a_thread_that_never_begins_is_given_up(
    slow: SlowThread, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """For want of memory its death may have passed without a word."""
    with pytest.raises(Ended, match="1"):
        beat(60, monkeypatch)
    assert "ran out of memory" in "".join(capfd.readouterr())


def test_many_threads_that_begin_late_are_not_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """At every beat another has not begun."""
    waiting = iter([threading.Thread() for _ in range(100)])
    monkeypatch.setattr(threading, "enumerate", lambda: [next(waiting)])
    beat(100, monkeypatch)


class Grudging:
    """An object that does not go without an error, which nobody can catch."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def __del__(self) -> None:
        raise self.error("no room")


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleQueue[int | None]]:
    """The codes with which the watch ends the process, which ends the watch alone."""
    ends: SimpleQueue[int | None] = SimpleQueue()

    def end(code: int) -> None:
        ends.put(code)
        raise SystemExit

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    last_words.watch_threads()
    yield ends
    Grudging(MemoryError)
    ends.get(timeout=10)


def test_an_error_that_nobody_can_catch_is_told_and_no_end(
    watched: SimpleQueue[int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python tells it and goes on."""
    told: SimpleQueue[sys.UnraisableHookArgs] = SimpleQueue()
    monkeypatch.setattr(sys, "__unraisablehook__", told.put)
    Grudging(ValueError)
    assert told.get(timeout=10).exc_type is ValueError
    assert watched.empty()


def test_no_python_code_is_needed_to_notice_a_death(watched: SimpleQueue[int | None]) -> None:
    """A thread may have died because there was no memory to call any."""
    assert isinstance(sys.unraisablehook, BuiltinMethodType)


def test_a_watch_that_dies_at_once_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the only thread that no one watches."""

    def die(begun: object) -> None:
        raise MemoryError

    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(last_words, "_watch", die)
    with pytest.raises(MemoryError):
        last_words.watch_threads()
