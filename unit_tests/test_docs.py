"""The documentation agrees with the declarations of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from image.names import PACKAGE
from source_bigcommerce import __version__
from source_bigcommerce.api import errors
from source_bigcommerce.config import Config
from source_bigcommerce.streams import ALL_STREAMS
from tools.docs import data_dictionary
from tools.docs.streams_table import (
    FORMER_STREAMS,
    MIGRATIONS,
    PAGE,
    STREAMS,
    WITH_NUMBER,
    channels_table,
    former_streams,
    streams_table,
    supported_streams,
    with_tables,
)
from tools.project import DOCS, ROOT, metadata
from tools.streams import scopes, streams

README = ROOT / "README.md"
DOCUMENTS = [
    document
    for folder, pattern in ((ROOT, "*.md"), (DOCS, "*.md"), (ROOT / "dbt", "*.md"), (ROOT / "examples", "**/*.md"))
    for document in folder.glob(pattern)
]


@pytest.mark.parametrize("document", [STREAMS, PAGE, MIGRATIONS], ids=lambda path: path.name)
def test_the_generated_tables_are_current(document: Path) -> None:
    """`make docs` renews them."""
    text = document.read_text(encoding="utf-8")
    assert with_tables(text) == text, "run `make docs`"


def test_every_stream_is_listed() -> None:
    """In the table with all details, and on the page for Airbyte's users."""
    assert streams_table() in STREAMS.read_text(encoding="utf-8")
    assert supported_streams() in _section("Supported Streams")
    for table in (streams_table(), supported_streams()):
        assert re.findall(r"^\| `(\w+)` ", table, re.M) == [stream.name for stream in streams()]


def test_the_readme_fits_on_a_screen() -> None:
    """Details belong in docs/, where they are found by their subject."""
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 100


def test_the_migration_guide_reports_which_streams_are_kept_and_new() -> None:
    """A user who upgrades looks for the own tables there, and the registry's message says that none is lost."""
    text = MIGRATIONS.read_text(encoding="utf-8")
    assert former_streams() in text
    keys = {stream.name: stream.primary_key for stream in streams()}
    assert {name: keys.get(name) for name in FORMER_STREAMS} == dict.fromkeys(FORMER_STREAMS, "id")
    message = metadata()["releases"]["breakingChanges"]["1.0.0"]["message"]
    assert "All streams of the former connector keep their names and primary keys." in " ".join(message.split())


def test_the_page_reports_which_streams_the_channels_narrow_down() -> None:
    """Every stream that does, by whatever means, is in the generated table, and none that is said to be whole."""
    reported = set(re.findall(r"`(\w+)`", channels_table()))
    assert {"orders", "order_fees", "product_images", "pages", "site_routes", "order_settings"} <= reported
    assert reported.isdisjoint({"customers", "subscribers", "order_refunds", "order_pickups", "product_metafields"})
    assert channels_table() in _section("Setup guide")


def test_the_number_of_streams_is_current() -> None:
    """It is given in a few places, for readers who compare connectors."""
    for document in WITH_NUMBER:
        numbers = re.findall(r"\b(\d{3}) streams", document.read_text(encoding="utf-8"))
        assert set(numbers) == {str(len(ALL_STREAMS))}, f"{document.name}: run `make docs`"


def test_every_link_between_documents_leads_somewhere() -> None:
    """A dead link is the first thing a newcomer finds."""
    for document in DOCUMENTS:
        for link in re.findall(r"\]\((?!https?://)([^)]+)", document.read_text(encoding="utf-8")):
            path, _, anchor = link.partition("#")
            target = document.parent / path if path else document
            assert target.exists(), (document.name, link)
            assert not anchor or anchor in _anchors(target.read_text(encoding="utf-8")), (document.name, link)


def test_the_image_is_always_named_with_its_version() -> None:
    """Without a tag it would be `latest`, whichever that is."""
    for document in DOCUMENTS:
        # A word before it, as in "ghcr.io/<owner>/", belongs to the name; the package and its title have no tag.
        for tag in re.findall(rf"{PACKAGE}(:[^`\s\",]*)", document.read_text(encoding="utf-8")):
            assert tag in (f":{__version__}", ":<version>"), document.name


def test_airbyte_s_names_are_used_for_airbyte_s_catalogue_only() -> None:
    """They belong to Airbyte: an image or a package of ours under them could not be published."""
    for document in DOCUMENTS:
        used = re.findall(
            r"airbyte/source-bigcommerce|airbyte-source-bigcommerce", document.read_text(encoding="utf-8")
        )
        assert not used or document.name in ("image.md", "CONTRIBUTING.md"), document.name


def test_make_help_lists_every_target() -> None:
    """A target without a word of explanation is a secret."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    declared = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.M)[0].split())
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.M))
    assert declared == explained


HEADINGS = [  # of Airbyte's template for the page of a connector, in its order
    "BigCommerce",
    "Prerequisites",
    "Setup guide",
    "Set up BigCommerce",
    "Set up the BigCommerce connector in Airbyte",
    "For Airbyte Cloud:",
    "For Airbyte Open Source:",
    "Supported sync modes",
    "Supported Streams",
    "Performance considerations",
    "Data type map",
    "Limitations & Troubleshooting",
    "Changelog",
]


def test_the_page_has_airbyte_s_sections_in_their_order() -> None:
    """Airbyte's documentation check uses these headings, to the letter; others may stand between them."""
    found = [heading for heading in re.findall(r"^#+ (.+)$", _prose(_page()), re.M) if heading in HEADINGS]
    assert found == HEADINGS
    assert "## Moving from another connector" in _page()


def test_the_data_dictionary_and_the_questions_are_current() -> None:
    """Analysts read these instead of the schemas."""
    assert data_dictionary.DICTIONARY.read_text(encoding="utf-8") == data_dictionary.dictionary(), "run `make docs`"
    model = data_dictionary.MODEL.read_text(encoding="utf-8")
    assert model == data_dictionary.with_queries(model), "run `make docs`"


def test_the_page_s_prerequisites_name_every_required_setting() -> None:
    """A user who begins the setup should have everything at hand; Airbyte checks it too."""
    spec = Config.spec()
    for name in spec["required"]:
        assert spec["properties"][name]["title"] in _section("Prerequisites")


def test_the_page_explains_every_setting_and_no_other() -> None:
    """By its title in the form and its name in a file; hidden settings are for developers and stay out."""
    properties = {name: field for name, field in Config.spec()["properties"].items() if not field.get("airbyte_hidden")}
    rows = re.findall(r"^\| \*\*(.+)\*\* \| `(\w+)` \| (\w+) \|", _section("Setup guide"), re.M)
    assert {name: title for title, name, _ in rows} == {name: field["title"] for name, field in properties.items()}
    for _, name, default in rows:
        assert default in ("required", "all") or default == str(properties[name]["default"])
        assert (default == "required") == (name in Config.spec()["required"])


def test_the_page_names_every_stream_and_its_scope() -> None:
    """The scopes are what a user must tick, and one that is forgotten costs a stream."""
    rows = re.findall(r"^\| ([\w &()]+) \| (?:`\w+`)? \| (.+) \|", _section("Prerequisites"), re.M)
    named = {(scope, name) for scope, names in rows for name in re.findall(r"`(\w+)`", names)}
    assert named == {(scope, stream.name) for stream in streams() for scope in scopes(stream).split(", ")}


def test_the_page_quotes_error_messages_as_the_code_writes_them() -> None:
    """Users search for the words that they see."""
    written = " ".join(_texts(Path(errors.__file__).parents[1]))
    quoted = _quoted_messages()
    assert [message for message in quoted if message not in written] == []


def test_the_page_explains_every_response_that_fails_a_stream() -> None:
    """A new error rule needs a row for the user."""
    responses = {
        id(a): a for a in (*vars(errors).values(), *errors.STORE_ERROR_RULES.values(), *errors.ERROR_RULES.values())
    }
    sentences = [response.message for response in responses.values() if isinstance(response, errors.ErrorRule)]
    quoted = _quoted_messages()
    unexplained = [s for s in sentences if not any(message in s for message in quoted)]
    assert len(sentences) > 10
    assert unexplained == []


def test_the_changelog_of_the_page_begins_with_this_version() -> None:
    """Airbyte requires a row for each version."""
    versions = re.findall(r"^\| (\d+\.\d+\.\d+) \|", _section("Changelog"), re.M)
    assert versions[0] == __version__
    assert "<details>" in _section("Changelog")


def _anchors(text: str) -> set[str]:
    """The addresses of the headings, as GitHub and Airbyte's documentation form them."""
    headings = re.findall(r"^#+ (.+)$", _prose(text), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _page() -> str:
    return PAGE.read_text(encoding="utf-8")


def _prose(text: str) -> str:
    """The text without its blocks of code, in which a # begins a comment."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def _section(heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", _page(), re.M | re.S)
    assert found, heading
    return found[1]


def _quoted_messages() -> list[str]:
    """The messages in the page's table of errors: several where one is interrupted by a name."""
    table = _section("Limitations & Troubleshooting").partition("### Error messages")[2]
    cells = [row.split(" | ")[0] for row in re.findall(r"^\| (`.+) \|$", table, re.M)]
    assert len(cells) > 15
    return [message for cell in cells for message in re.findall(r"`([^`]+)`", cell)]


def _texts(package: Path) -> Iterator[str]:
    """Every string in the code of the package, with gaps where values are put in."""
    for module in package.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
