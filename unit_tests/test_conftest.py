"""What pytest does with skipped tests here."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

SKIPPING = """
import pytest
def test_body(): pytest.skip("no podman")
@pytest.mark.skip(reason="no podman")
def test_mark(): pass
@pytest.fixture
def tool(): pytest.skip("no podman")
def test_fixture(tool): pass
def test_scenario(): pytest.skip("`read` does not run for scenario 'refused'")
"""


@pytest.mark.parametrize(("ci", "outcomes"), [("", {"skipped": 5}), ("1", {"failed": 1, "errors": 3, "skipped": 1})])
def test_a_skipped_test_fails_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, outcomes: dict[str, int]
) -> None:
    """A CI machine without a tool would otherwise be green for years without testing what needs it."""
    monkeypatch.setenv("CI", ci)
    pytester.makeconftest((Path(__file__).parents[1] / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(SKIPPING, test_whole="import pytest; pytest.skip('no podman', allow_module_level=True)")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--continue-on-collection-errors")
    assert result.parseoutcomes() == outcomes
    if ci:
        result.stdout.fnmatch_lines(["CI skips nothing. Skipped: no podman"])
