"""The CDK's own tests of an image, run as Airbyte's CI runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from image.build import NAME, Image
from image.engine import PROGRAM
from integration_tests.acceptance.staging import ROOT, stage
from sandbox import Options, serve


@pytest.mark.exhaustive
def test_the_cdk_s_image_tests_pass(image: Image, tmp_path: Path) -> None:
    """`airbyte-cdk image test` calls `docker`, which here is whatever engine built the image.

    Left out is the comparison with the spec in Airbyte's registry: that is another connector's, and no test may need
    the internet.
    """
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "docker").symlink_to(PROGRAM)
    with serve(Options(orders=60, products=60, customers=60, coupons=20)) as server:
        root = stage(tmp_path, server)
        process = subprocess.run(
            [Path(sys.executable).with_name("airbyte-cdk"), "image", "test", "--image", NAME],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=300,
            env={
                **os.environ,
                "PATH": f"{programs}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "PYTEST_ADDOPTS": "-k 'not backward_compatibility'",
            },
        )
    assert process.returncode == 0, process.stdout[-3000:] + process.stderr[-3000:]
    report = ElementTree.parse(root / "build/test-results/standard-tests-junit.xml").getroot()
    passed = {case.attrib["name"].partition("[")[0] for case in report.iter("testcase") if not list(case)}
    assert passed == {
        "test_docker_image_build_and_spec",
        "test_docker_image_build_and_config_matches_spec",
        "test_docker_image_build_and_check",
        "test_docker_image_build_and_discover",
    }
