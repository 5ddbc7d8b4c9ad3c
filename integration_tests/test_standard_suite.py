"""The CDK's standard tests for sources, configured by acceptance-test-config.yml, against the sandbox store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree

import pytest
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

from integration_tests.acceptance.staging import ROOT, stage
from sandbox import Options, serve
from source_bigcommerce.source import SourceBigcommerce

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]

SMALL = Options(
    orders=60, products=60, customers=60, coupons=20, b2b=True, companies=8, b2b_quota=100_000, hierarchy_quota=100_000
)


class TestStandardSuite(SourceTestSuiteBase):
    """Airbyte's requirements for every source: spec, check, discover and read.

    The scenarios are read from the checkout; their configs are in a folder that each test process makes for itself,
    with a store of its own, so that the tests may be spread over any number of processes.
    """

    connector = SourceBigcommerce
    root: ClassVar[Path] = ROOT

    @classmethod
    def get_connector_root_dir(cls) -> Path:
        return cls.root

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _staged(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
        with serve(SMALL) as server:
            cls.root = stage(tmp_path_factory.mktemp("connector"), server)
            yield
            cls.root = ROOT


# These need a Docker engine; the image has tests that do not.
for _name in [name for name in dir(SourceTestSuiteBase) if name.startswith("test_docker_")]:
    setattr(TestStandardSuite, _name, None)


@pytest.mark.exhaustive
def test_the_cdk_s_command_passes_in_a_folder_of_the_connector_s_name(tmp_path: Path) -> None:
    """`airbyte-cdk connector test`, as Airbyte's CI runs it: it finds the source by the names of folder and package."""
    with serve(SMALL) as server:
        root = stage(tmp_path, server)
        process = subprocess.run(
            [Path(sys.executable).with_name("airbyte-cdk"), "connector", "test", "--pytest-arg=-mnot image_tests"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    assert process.returncode == 0, process.stdout[-3000:] + process.stderr[-3000:]
    report = ElementTree.parse(root / "build/test-results/standard-tests-junit.xml").getroot()
    passed = {case.attrib["name"].partition("[")[0] for case in report.iter("testcase") if not list(case)}
    assert passed == {
        "test_spec",
        "test_config_matches_spec",
        "test_check",
        "test_discover",
        "test_basic_read",
        "test_fail_read_with_bad_catalog",
    }
