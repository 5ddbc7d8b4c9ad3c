"""What the documentation says of the code is what the code says of itself."""

from __future__ import annotations

import re
from pathlib import Path

from docs.streams_table import README, table, with_table
from source_bigcommerce.config import Config

ROOT = Path(__file__).parents[1]


def test_the_readme_s_table_of_streams_is_current() -> None:
    """`make docs` renews it."""
    text = README.read_text(encoding="utf-8")
    assert table() in text
    assert with_table(text) == text


def test_the_readme_names_every_setting_and_no_other() -> None:
    """Hidden settings are for developers and stay out."""
    properties = Config.spec()["properties"]
    shown = {name for name, field in properties.items() if not field.get("airbyte_hidden")}
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (?:required|\d+|all) \|", README.read_text(encoding="utf-8"), re.M)
    assert {name for row in rows for name in re.findall(r"\w+", row)} == shown


def test_every_link_between_documents_leads_somewhere() -> None:
    """A dead link is the first thing a newcomer finds."""
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), (document.name, target)


def test_make_help_lists_every_target() -> None:
    """A target without a word of explanation is a secret."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    declared = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.M)[0].split())
    explained = set(re.findall(r"^([a-z]+):.*## ", makefile, re.M))
    assert declared == explained
