"""The same commit gives the same image."""

from __future__ import annotations

import json

import pytest

from image.build import NAME, Image, build
from image.names import PACKAGE

AGAIN = f"{PACKAGE}:again"


@pytest.mark.exhaustive  # the image is built once more, from nothing
def test_two_builds_of_one_commit_are_the_same_image(image: Image) -> None:
    """Layer for layer: whoever builds it can see that a published image is what it claims to be."""
    if image.engine.name == "docker":  # CI builds with podman, and compares
        pytest.skip("docker dates the files of an image only when it exports or pushes it")
    build(image.engine, NAME, "--no-cache")
    build(image.engine, AGAIN, "--no-cache")
    try:
        first, second = (
            json.loads(image.engine.run("image", "inspect", name))[0]["RootFS"]["Layers"] for name in (NAME, AGAIN)
        )
        assert first == second
    finally:
        image.engine.run("rmi", AGAIN)
