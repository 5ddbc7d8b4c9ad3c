"""metadata.yaml keeps Airbyte's model and the further rules of its registry, and says what the code says."""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

import yaml
from airbyte_connector_models.metadata.v0.connector_metadata_definition_v0 import ConnectorMetadataDefinitionV0

from image.names import PACKAGE
from source_bigcommerce import __version__
from source_bigcommerce.config import Config
from source_bigcommerce.source import DOCUMENTATION
from tools.project import ROOT, metadata
from tools.streams import streams

FILE = yaml.safe_load((ROOT / "metadata.yaml").read_text(encoding="utf-8"))
DATA = metadata()
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_airbyte_s_model_accepts_the_metadata() -> None:
    """The registry takes no connector whose metadata its model refuses, unknown keys included."""
    ConnectorMetadataDefinitionV0.model_validate(FILE)


def test_a_major_version_reports_what_it_breaks() -> None:
    """The registry refuses an N.0.0 without an entry, and an entry needs a message and a deadline for users to act."""
    changes = DATA.get("releases", {}).get("breakingChanges", {})
    if re.fullmatch(r"[1-9]\d*\.0\.0", __version__):
        assert __version__ in changes, f"describe {__version__} under releases.breakingChanges"
    for version, change in changes.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert change["message"]
        assert change["upgradeDeadline"]


def test_tags_name_the_language_and_the_cdk_once() -> None:
    """Airbyte's tools choose the test suite and the build by these tags."""
    tags = [tag.split(":") for tag in DATA["tags"]]
    assert all(len(tag) == 2 and all(tag) for tag in tags)
    assert [value for key, value in tags if key == "language"] == ["python"]
    assert [value for key, value in tags if key == "cdk"] == ["python"]


def test_suggested_streams_exist() -> None:
    """A new connection selects these: a name that is not there would be selected for nothing."""
    assert set(DATA["suggestedStreams"]["streams"]) <= {stream.name for stream in streams()}
    assert {"orders", "customers", "products", "coupons", "order_products"} <= set(DATA["suggestedStreams"]["streams"])
    assert len(DATA["suggestedStreams"]["streams"]) == 12


def test_the_documents_of_the_store_s_api_are_named() -> None:
    """The platform shows them next to the connector: limits, permissions, changes, and whether the API is up."""
    types = {one["type"] for one in DATA["externalDocumentationUrls"]}
    assert {"rate_limits", "permissions_scopes", "status_page", "api_release_history", "openapi_spec"} <= types


def test_the_allowed_hosts_are_those_that_the_connector_speaks_to() -> None:
    """The platform blocks every other host, and a host without need is a hole."""
    defaults = [Config.model_fields[name].default for name in ("api_url", "b2b_api_url")]
    assert DATA["allowedHosts"]["hosts"] == [urlsplit(default).hostname for default in defaults]


def test_the_icon_is_a_square_svg_of_our_own() -> None:
    """The catalogue shows it at one size; anything but a square is distorted, and a script in it is not welcome."""
    assert DATA["icon"] == "icon.svg"
    icon = ElementTree.parse(ROOT / "icon.svg").getroot()  # also says whether it is well-formed
    assert icon.tag == "{http://www.w3.org/2000/svg}svg"
    x, y, width, height = map(float, icon.attrib["viewBox"].split())
    assert (x, y, width) == (0, 0, height)
    assert icon.attrib["width"] == icon.attrib["height"]
    tags = {element.tag.rpartition("}")[2] for element in icon.iter()}
    assert tags <= {"svg", "title", "g", "rect", "path", "circle"}


def test_the_documentation_is_where_the_metadata_and_the_spec_say() -> None:
    """Airbyte takes the page's name from the address, and the form links to it."""
    assert DATA["documentationUrl"] == DOCUMENTATION
    assert (ROOT / "docs" / f"{DOCUMENTATION.rpartition('/')[2]}.md").exists()


def test_the_migration_guide_has_a_section_for_each_breaking_version() -> None:
    """The platform sends users there before they upgrade; Airbyte checks these headings."""
    page = f"{DATA['releases']['migrationDocumentationUrl'].rpartition('/')[2]}.md"
    headings = re.findall(r"^#+ .+$", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.M)
    versions = DATA["releases"]["breakingChanges"]
    assert headings == [f"# {DATA['name']} Migration Guide", *(f"## Upgrading to {version}" for version in versions)]


def test_the_acceptance_tests_are_of_this_version() -> None:
    """They would otherwise pull and test another image."""
    config = yaml.safe_load((ROOT / "acceptance-test-config.yml").read_text(encoding="utf-8"))
    assert config["connector_image"] == f"{DATA['dockerRepository']}:{__version__}"


def test_the_package_bears_names_of_its_own_but_for_the_program() -> None:
    """PyAirbyte starts the console script of the connector's name, whichever package installed it."""
    program = DATA["dockerRepository"].rpartition("/")[2]
    for line in (
        f'name = "{PACKAGE}"',
        f'license = "{DATA["license"]}"',
        f'{program} = "source_bigcommerce.run:run"',
        'bigcommerce-probe = "source_bigcommerce.probe.run:run"',
    ):
        assert f"\n{line}\n" in PROJECT
    assert f"{PACKAGE}[" in PROJECT  # the extras of its own
    assert PACKAGE != DATA["remoteRegistries"]["pypi"]["packageName"] == f"airbyte-{program}"


def test_the_names_of_the_connector_agree() -> None:
    """Issues, image and documentation are found by one name."""
    name = DATA["dockerRepository"].rpartition("/")[2]
    assert DATA["githubIssueLabel"] == name == f"source-{DATA['name'].lower()}"
    assert DATA["connectorType"] == name.partition("-")[0]
