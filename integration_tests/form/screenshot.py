"""The picture of the form in the documentation: `python -m integration_tests.form.screenshot`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from integration_tests.form.connection_form import ConnectionForm, open_page
from integration_tests.tools import need
from source_bigcommerce.config import Config

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "connection-form.png"
VALUES = {
    "start_date": "2024-01-31",
    "client_id": "not-a-real-client-id",
    "access_token": "not-a-real-access-token",
    "store_hash": "abc123",
}


def take() -> Path:
    """The path of the picture, which shows the form filled in."""
    pngquant = need("pngquant", "pngquant")
    PICTURE.parent.mkdir(exist_ok=True)
    with open_page(viewport={"width": 704, "height": 1200}, device_scale_factor=2) as page:
        form = ConnectionForm(page, Config.spec())
        form.fill(**VALUES)
        form.open_optional_fields()
        page.evaluate("document.activeElement.blur()")
        page.evaluate("document.fonts.ready.then(() => null)")
        page.locator("main").screenshot(path=PICTURE, animations="disabled")
    subprocess.run([pngquant, "--force", "--strip", "--speed=1", f"--output={PICTURE}", "64", PICTURE], check=True)
    return PICTURE


if __name__ == "__main__":
    try:
        print(f"{take()}: {PICTURE.stat().st_size / 1000:.0f} kB")
    except (pytest.skip.Exception, pytest.fail.Exception) as reason:
        sys.exit(str(reason.msg))
