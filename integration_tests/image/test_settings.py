"""The labels and variables of the image, which the platform reads before it starts a container."""

from __future__ import annotations

from typing import Any

from image.names import PACKAGE
from source_bigcommerce import __version__
from tools.project import metadata


def test_the_labels_name_the_connector_and_its_version(settings: dict[str, Any]) -> None:
    """The name is this project's. For a merge into Airbyte's catalogue, it must be that of metadata.yaml again."""
    assert settings["Labels"]["io.airbyte.name"] == PACKAGE
    assert settings["Labels"]["io.airbyte.version"] == metadata()["dockerImageTag"] == __version__


def test_the_variable_names_the_entry_point(settings: dict[str, Any]) -> None:
    """The platform starts the command of the variable."""
    environment = dict(line.split("=", 1) for line in settings["Env"])
    assert environment["AIRBYTE_ENTRYPOINT"] == " ".join(settings["Entrypoint"])
