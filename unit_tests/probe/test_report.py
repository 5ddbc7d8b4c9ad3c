"""The output of the probe, and the privacy of its report."""

from __future__ import annotations

import ast
import dataclasses
import errno
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import source_bigcommerce.probe
from sandbox import API_VARIANTS, Options, serve
from sandbox.records import KINDS
from source_bigcommerce.probe.answer import Answer, Undecided, about, combined, counted, word
from source_bigcommerce.probe.questions import QUESTIONS
from source_bigcommerce.probe.report import as_json, as_report, as_table
from source_bigcommerce.probe.run import main
from unit_tests.probe.world import CLIENT, World, world

HEADING = re.compile(
    r"### Report of bigcommerce-probe\n\nVersion [\d.]+, Python 3\.\d+\. \d+ of \d+ questions are decided\.\n\n"
    r"\| Question \| Answer \| How it was found out \|\n"
)


@pytest.mark.parametrize("variant", ["likeliest", "everything awkward", "is_deleted is refused"])
def test_the_report_contains_nothing_of_the_store(variant: str) -> None:
    """Every text and number of the sandbox's world, and of the responses, is searched for in it as a word."""
    with world(api_variant=API_VARIANTS[variant], store_hash="hash7f3a", token="tok-51c0ffee") as store:
        store.probe()
        written = as_report(store.found)
        assert _leaks(store) == []
    for secret in ("hash7f3a", "tok-51c0ffee", CLIENT, "127.0.0.1", "localhost", "example.com", "http"):
        assert secret not in written


def test_the_numbers_in_a_report_identify_nothing() -> None:
    """They are parts of names, statuses, limits that the probe sends, and rounded counts."""
    with world() as store:
        store.probe()
        table = as_report(store.found).partition("|---|")[2]
        numbers = {int(number) for number in re.findall(r"(?<![\w.])\d+(?![\w.])", table)}
        allowed = {int(number) for text in _texts() for number in re.findall(r"\d+", text)}
        allowed |= {200, 204, 400, 401, 403, 404, 413, 422, 10, 50, 250, 251}
    assert [number for number in numbers - allowed if str(number)[1:].strip("0")] == []


@pytest.mark.parametrize("place", ["value", "evidence"])
@pytest.mark.parametrize(
    "leak", ["Everyday Camping Lantern", "olivia.ohara.300@example.com", "50.5700", "300001", "57", "Bo"]
)
def test_a_leak_would_be_found(leak: str, place: str) -> None:
    """The search finds a name, a mail address, an amount and an id that somebody adds to an answer, however short."""
    with world() as store:
        store.store.edit("customers", 7, first_name="Bo")
        store.probe()
        question, answer = next(iter(store.found.items()))
        changes: dict[str, str] = {place: f"{getattr(answer, place)} of {leak}"}
        store.found[question] = dataclasses.replace(answer, **changes)  # type: ignore[arg-type]
        assert leak in _leaks(store)


def test_the_search_covers_the_whole_world() -> None:
    """Every kind of record, every row below it, the store's own profile, and whatever the probe received."""
    with world() as store:
        store.probe()
        texts = set(_world(store))
        profile = set(_values(_profile(store)))
    assert len(texts) > 3000
    assert {"Outdoor clothing", "USD"} < profile < texts
    for response in store.received:
        assert response.status_code == 204 or set(_values(response.json())) <= texts


def test_the_json_is_one_object_with_all_questions() -> None:
    """As other programs read it."""
    with world() as store:
        store.probe()
    found = json.loads(as_json(store.found))
    assert list(found) == ["questions"]
    assert list(found["questions"]) == [question.key for question in QUESTIONS]
    for answer in found["questions"].values():
        assert set(answer) == {"answer", "evidence"}
        assert isinstance(answer["answer"], bool | int | str)
        assert answer["evidence"]


def test_the_table_has_each_question_with_its_answer() -> None:
    """For people."""
    with world() as store:
        store.probe()
    table = as_table(store.found)
    for question, answer in store.found.items():
        assert f"{question.text}  [{question.key}]\n  {word(answer.value)}\n" in table
    assert max(map(len, table.splitlines())) <= 160


@pytest.mark.parametrize(
    ("count", "words"), [(0, "none"), (1, "one"), (2, "a few"), (9, "a few"), (10, "about 10"), (1234, "about 1000")]
)
def test_counts_are_rounded(count: int, words: str) -> None:
    """The exact number of orders could identify a store."""
    assert about(count) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "no orders"), (1, "one order"), (2, "a few orders"), (57, "about 50 orders")]
)
def test_counts_agree_with_their_nouns(count: int, words: str) -> None:
    """In public reports."""
    assert counted(count, "order") == words


def test_answers_of_several_lists_are_combined() -> None:
    """One for all, or mixed; a list without an answer is named."""
    yes, no, unknown = Answer(True, "seen"), Answer(False, "seen"), Undecided("needs a coupon")
    assert combined({"a": yes, "b": yes, "c": unknown}) == Answer(True, "a, b: true (seen); c: needs a coupon")
    assert combined({"a": yes, "b": no}).value == "mixed"
    assert combined({"a": Answer(1, ""), "b": yes}).value == "mixed"
    with pytest.raises(Undecided, match="a: needs a coupon"):
        combined({"a": unknown})


def test_the_command_prints_json_and_writes_a_report(tmp_path: Path) -> None:
    """As a process of its own, over a network."""
    with serve(Options(orders=150, products=60, customers=60)) as server:
        config = tmp_path / "config.json"
        settings = {"start_date": "2020-01-01", "client_id": CLIENT, "access_token": server.token}
        config.write_text(json.dumps({**settings, "store_hash": server.store_hash, "api_url": server.api_url}))
        report, address = tmp_path / "report.md", server.api_url
        command = [sys.executable, "-m", "source_bigcommerce.probe", "--config", str(config), "--json"]
        done = subprocess.run(
            [*command, "--report", str(report)],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)["questions"]
    assert found["rate_limit_headers"]["answer"] is True
    assert found["orders_embedded_cap"]["answer"] == "none"
    written = report.read_text(encoding="utf-8")
    assert "| `rate_limit_headers` | true |" in written
    assert address not in written


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "does not exist"),
        ("{", "is not JSON"),
        ("{}", "The setting start_date is missing"),
    ],
)
def test_a_config_that_cannot_be_used_is_a_sentence(
    content: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the error output, with the exit code 1."""
    config = tmp_path / "config.json"
    if content is not None:
        config.write_text(content)
    assert main(["--config", str(config)]) == 1
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_the_command_prints_the_answers(flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table, or JSON; nothing on the error output while all goes well."""
    with world() as store:
        assert main(["--config", _written(store, tmp_path), *flags]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith("{" if flags else "Does min_id of orders")


def test_the_probe_needs_no_temporary_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs in a container whose file system is read-only."""

    def nowhere() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    with world(orders=9, products=3, customers=3, coupons=3) as store:
        monkeypatch.setattr(tempfile, "gettempdir", nowhere)
        monkeypatch.setattr(tempfile, "_get_default_tempdir", nowhere)
        monkeypatch.setattr(tempfile, "tempdir", None)
        assert main(["--config", _written(store, tmp_path)]) == 0
    assert capsys.readouterr().err == ""


def test_a_refused_token_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], naps: list[float]) -> None:
    """And no answer, which would be about nothing."""
    with world(token="another") as store, pytest.MonkeyPatch.context() as patches:
        patches.setattr(World, "config", {**store.config, "access_token": "revoked-token"})
        assert main(["--config", _written(store, tmp_path), "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "The access token was refused" in captured.err
    assert "revoked-token" not in captured.err


def test_a_report_that_cannot_be_written_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The answers are printed first."""
    with world() as store:
        assert main(["--config", _written(store, tmp_path), "--report", str(tmp_path / "none" / "report.md")]) == 1
    captured = capsys.readouterr()
    assert "cannot be written" in captured.err
    assert "rate_limit_headers" in captured.out


def _written(store: World, folder: Path) -> str:
    config = folder / "config.json"
    config.write_text(json.dumps(store.config))
    return str(config)


def _leaks(store: World) -> list[str]:
    """The texts and numbers of the store that its report contains as words, unless they are the probe's own."""
    heading, _, table = as_report(store.found).partition("|---|")
    assert HEADING.fullmatch(heading)
    own_words = " ".join(_texts())
    table = re.sub(r"\babout \d+", "", table)  # rounded, as another test shows
    return [text for text in _world(store) if _has_word(table, text) and not _has_word(own_words, text)]


def _has_word(text: str, word: str) -> bool:
    found = text.find(word)
    while found >= 0:
        before, after = text[max(0, found - 1) : found], text[found + len(word) : found + len(word) + 1]
        if not (before.isalnum() and word[0].isalnum()) and not (after.isalnum() and word[-1].isalnum()):
            return True
        found = text.find(word, found + 1)
    return False


def _world(store: World) -> Iterator[str]:
    """Every text and number of the store's profile and records, and of the responses, that has a letter or digit."""
    seen = set(_values(_profile(store)))
    for kind in KINDS:
        for id_ in store.store.ids(kind):
            seen |= set(_values(store.store.record(kind, id_)))
    for collection in store.store.collections.values():
        for row in collection.rows():
            seen |= set(_values(row))
    for response in store.received:
        seen |= set(_values(response.json() if response.content else None))
    yield from seen


def _profile(store: World) -> Any:
    """The body of `/v2/store`, which the probe does not request."""
    address = f"{store.config['api_url']}/stores/{store.options.store_hash}/v2/store"
    return requests.get(address, headers={"X-Auth-Token": store.options.token}, timeout=5).json()


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _values(one)
    elif isinstance(value, list):
        for one in value:
            yield from _values(one)
    elif value is not None and not isinstance(value, bool) and re.search(r"\w", str(value)):
        yield str(value)


def _texts() -> Iterator[str]:
    """Every text in the code of the probe."""
    for module in Path(source_bigcommerce.probe.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
                yield str(node.value)
