"""docs/live-store.md lists the questions that are asked."""

from __future__ import annotations

import re

import pytest

from sandbox import API_VARIANTS
from source_bigcommerce.probe.limits import MOST_REQUESTS
from source_bigcommerce.probe.questions import QUESTIONS
from tools.docs.probe_questions import PAGE, with_questions
from tools.project import ROOT
from unit_tests.probe.world import world


def documented(sentence: str) -> list[int]:
    """The numbers in a sentence of the page."""
    found = re.search(sentence, PAGE.read_text(encoding="utf-8"))
    assert found, sentence
    return [int(number) for number in found.groups()]


def test_the_page_lists_every_question() -> None:
    """`make docs` renews it."""
    text = PAGE.read_text(encoding="utf-8")
    assert with_questions(text) == text, "run `make docs`"
    assert all(f"| `{question.key}` | " in text for question in QUESTIONS)


def test_the_page_promises_what_the_probe_keeps() -> None:
    """The number of requests, and keys that exist."""
    text = PAGE.read_text(encoding="utf-8")
    assert f"at most {MOST_REQUESTS}" in text
    assert f"asks a store {len(QUESTIONS)} questions" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    savings = text.partition("## What the answers could save")[2].partition("## Reports")[0]
    named = {key for row in re.findall(r"^\| (`.+?) \| ", savings, re.M) for key in re.findall(r"`(\w+_\w+)`", row)}
    assert len(named) > 8
    assert named <= {question.key for question in QUESTIONS}


@pytest.mark.parametrize("name", ["likeliest", "everything awkward", "V2 ignores the limit"])
def test_the_page_tells_how_many_records_are_read(name: str) -> None:
    """Users of the probe must know what it sees of their customers."""
    sentence = r"up to (\d+) orders, (\d+) products, (\d+) customers, and (\d+) entries of each other list"
    orders, products, customers, others = documented(sentence)
    sizes = dict.fromkeys(("orders", "products", "customers", "coupons"), 1200)
    with world(api_variant=API_VARIANTS[name], **sizes) as store:
        store.probe()
    read: dict[str, set[str]] = {}
    for response in store.received:
        path = re.sub(r"\d+", "*", (response.url or "").partition(store.options.store_hash)[2].partition("?")[0])
        body = response.json() if response.content else []
        rows = body.get("data") if isinstance(body, dict) else body
        read.setdefault(path, set()).update(str(row.get("id")) for row in rows or [] if isinstance(row, dict))
    numbers = {path: len(ids) for path, ids in read.items()}
    assert numbers.pop("/v*/orders") <= orders
    assert numbers.pop("/v*/catalog/products") <= products
    assert numbers.pop("/v*/customers") <= customers
    assert {"/v*/customers/addresses", "/v*/customers/subscribers"} <= set(numbers)
    assert max(number for path, number in numbers.items() if "/*/" not in path) <= others
