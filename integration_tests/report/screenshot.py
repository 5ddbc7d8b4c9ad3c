"""The picture of the report in the documentation: `python -m integration_tests.report.screenshot`, after the demo."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from demo.paths import REPORT, shown
from integration_tests import browser
from integration_tests.report import report_page
from integration_tests.tools import need

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "report.png"
_SIZE = {"width": 1040, "height": 1000}


def take() -> Path:
    """The path of the picture, which shows the upper part of the demo's report."""
    if not REPORT.exists():
        pytest.fail(f"There is no {shown(REPORT)} yet: run `make demo` first.", pytrace=False)
    pngquant = need("pngquant", "pngquant")
    with (
        browser.open_browser() as chromium,
        report_page.shown(chromium, REPORT, viewport=_SIZE, device_scale_factor=2) as report,
    ):
        report.page.screenshot(path=PICTURE, animations="disabled")
    subprocess.run([pngquant, "--force", "--strip", "--speed=1", f"--output={PICTURE}", "64", PICTURE], check=True)
    return PICTURE


if __name__ == "__main__":
    try:
        print(f"{take()}: {PICTURE.stat().st_size / 1000:.0f} kB")
    except (pytest.skip.Exception, pytest.fail.Exception) as reason:
        sys.exit(str(reason.msg))
