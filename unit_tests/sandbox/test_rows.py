"""The templates of rows and bodies, and the words that fill them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from sandbox.b2b.collections import COLLECTIONS as B2B_COLLECTIONS
from sandbox.collections import COLLECTIONS
from sandbox.collections import rows as templates
from sandbox.data.bodies import body
from sandbox.data.words import login, words

DATA = Path(templates.__file__).parents[1] / "data"


class World:
    """Other records whose keys say what was picked."""

    def at(self, n: int) -> int:
        """A second that follows from the number."""
        return 1_600_000_000 + n

    def pick(self, kind: str, n: int) -> Any:
        """A key that names its kind and number."""
        return f"{kind} {n}"

    def own(self, kind: str, owners: str) -> Any:
        """A key that names its kind and owners."""
        return f"{kind} of {owners}"

    def record(self, kind: str, key: Any) -> dict[str, Any]:
        """No templates look at it."""
        return {}

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """No templates look at them."""
        return []


def made(template: Any, n: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The n-th row of a template."""
    monkeypatch.setattr(templates, "_templates", lambda: {"one": {"field": template}})
    return templates.rows("one")(n, World())


@pytest.mark.parametrize(
    ("template", "third"),
    [
        ({"same": [1, None, "text"]}, {"same": [1, None, "text"]}),
        ({"$n": 0}, 3),
        ({"$n": 0.25}, 3.25),
        ({"$cycle": ["a", "b"]}, "b"),
        ({"$cycle": [{"$n": 5}, "b", "c"]}, 8),
        ([{"id": {"$pick": "channels"}}], [{"id": "channels 3"}]),
        ({"$at": "seconds"}, 1_600_000_003),
        ({"$at": "zulu"}, "2020-09-13T12:26:43Z"),
        ({"$uuid": 14}, "0000000e-0000-4000-8000-000000000003"),
        ("{n} % of {colour}", "3 % of Crème"),
        ("{colour}", "Crème"),
    ],
)
def test_a_template_varies_by_the_number_of_the_row(template: Any, third: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each operator and placeholder, on the third row."""
    assert made(template, 3, monkeypatch) == {"field": third}


def test_an_absent_field_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only in the rows of its turn."""
    template = {"$cycle": [{"$absent": True}, "there"]}
    assert made(template, 2, monkeypatch) == {}
    assert made(template, 3, monkeypatch) == {"field": "there"}


def test_an_unknown_placeholder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typo in a template fails when the sandbox is imported."""
    with pytest.raises(KeyError, match="colur"):
        made("{colur}", 1, monkeypatch)


def test_every_template_belongs_to_a_collection() -> None:
    """Templates that nothing uses would only look like data."""
    found = [name for path in (DATA / "rows").glob("*.json") for name in orjson.loads(path.read_bytes())]
    assert len(found) == len(set(found))
    assert set(found) <= {one.name for one in (*COLLECTIONS, *B2B_COLLECTIONS)}


def test_mailboxes_are_those_of_examples() -> None:
    """No message to a generated customer could ever arrive."""
    text = "".join(path.read_text(encoding="utf-8") for path in DATA.rglob("*") if path.suffix in (".json", ".py"))
    found = set(re.findall(r"@([a-z.-]+\.[a-z]+)", text))
    assert found <= {"example.com", "example.org"}
    assert words("email")(2) == "zoe.mueller.2@example.com"


def test_a_login_has_latin_letters_only() -> None:
    """Umlauts are written out, accents dropped, other scripts replaced."""
    assert login("Jürgen", "Weiß") == "juergen.weiss"
    assert login("Íñigo", "O'Hara") == "inigo.ohara"
    assert login("美咲", "佐藤") == "customer"


def test_a_body_takes_only_documented_fields() -> None:
    """A misspelt field would otherwise be one more column."""
    assert body("product", name="Kettle")["name"] == "Kettle"
    with pytest.raises(KeyError, match="nmae"):
        body("product", nmae="Kettle")
