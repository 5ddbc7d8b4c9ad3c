"""The image under PyAirbyte, which writes the `docker run` itself: its own mounts, and no word about the user."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from image.build import NAME, Image
from image.engine import PROGRAM
from integration_tests.harness import INCREMENTAL, KEYS, STREAMS, config_for, sync
from integration_tests.pyairbyte import process
from sandbox import Options, serve


@pytest.mark.exhaustive
def test_pyairbyte_syncs_with_the_image(image: Image, tmp_path: Path) -> None:
    """Config, catalog and state reach the image's user, who is not root, and every record reaches the tables."""
    with serve(Options(orders=60, products=40, customers=40)) as server:
        report = process.run(
            tmp_path,
            config_for(server),
            {"docker_image": NAME, "use_host_network": True},
            syncs=2,
            programs=_docker(image, tmp_path),
        )
        printed = sync(server)
    first, second = report.records
    assert first == sum(len(printed.records[stream]) for stream in STREAMS)
    assert second == sum(len(printed.records[stream]) for stream in STREAMS if stream not in INCREMENTAL)
    with duckdb.connect(str(report.database), read_only=True) as connection:
        for stream in STREAMS:
            found = connection.execute(f"SELECT {', '.join(KEYS[stream])} FROM {stream}").fetchall()
            held = [row[0] if len(row) == 1 else row for row in found]
            assert sorted(held) == sorted(printed.ids(stream)), stream


def _docker(image: Image, folder: Path) -> str:
    """A folder with a program `docker`: PyAirbyte calls no engine by another name."""
    programs = folder / "programs"
    programs.mkdir()
    if image.engine.name != "docker":
        (programs / "docker").symlink_to(PROGRAM)
    return str(programs)
