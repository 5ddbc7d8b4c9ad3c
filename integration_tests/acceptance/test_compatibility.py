"""This version can take the place of the last released one in every connection."""

from __future__ import annotations

import pytest
import yaml
from airbyte_cdk.test.standard_tests._spec_compatibility import compare_specs, declared_breaking_changes
from packaging.version import Version

from integration_tests.acceptance.staging import ROOT
from tools.released.compatibility import broken_by
from tools.released.snapshot import Snapshot

NOW, RELEASED = Snapshot.of_this_version(), Snapshot.released()
REMEDY = (
    f"This would break connections made with {RELEASED.version}. Take the change back, or release it as a new major "
    "version with an entry under releases.breakingChanges in metadata.yaml."
)


def test_the_specification_accepts_every_config_of_the_last_release() -> None:
    """The platform validates saved configs again after an upgrade; users cannot fill in a form again each time."""
    broken = compare_specs(RELEASED.spec, NOW.spec).breaking
    assert _declared() or broken == [], REMEDY


def test_the_catalog_keeps_every_stream_and_column_of_the_last_release() -> None:
    """A column that goes or changes its type breaks the tables and the queries that were built on it."""
    broken = broken_by(RELEASED.catalog, NOW.catalog)
    assert _declared() or broken == [], REMEDY


def test_the_version_is_not_older_than_the_last_release() -> None:
    """Otherwise the comparison would say nothing."""
    assert Version(NOW.version) >= Version(RELEASED.version)


@pytest.mark.parametrize("snapshot", [NOW, RELEASED], ids=["this version", "the last release"])
def test_there_is_something_to_compare(snapshot: Snapshot) -> None:
    """An empty file is compatible with everything."""
    assert snapshot.spec["connectionSpecification"]["required"]
    assert snapshot.catalog["streams"]
    assert all(stream["json_schema"]["properties"] for stream in snapshot.catalog["streams"])


def _declared() -> list[str]:
    """The documented breaking changes between the two versions."""
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text(encoding="utf-8"))["data"]
    return declared_breaking_changes(metadata, RELEASED.version, NOW.version)
