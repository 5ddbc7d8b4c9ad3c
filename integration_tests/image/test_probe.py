"""The probe in a container, under the restrictions that a platform may impose."""

from __future__ import annotations

import json

from integration_tests.harness import config_for
from integration_tests.image.containers import Containers
from sandbox import Options, serve
from source_bigcommerce.probe.questions import QUESTIONS

ENTRYPOINT = "--entrypoint=/opt/venv/bin/bigcommerce-probe"


def test_the_probe_answers_from_a_container(containers: Containers) -> None:
    """As docs/live-store.md starts it."""
    with serve(Options(orders=120, products=60, customers=60)) as server:
        config = containers.write("config.json", config_for(server))
        code, output = containers.start("--config", config, "--json", options=[ENTRYPOINT]).end()
    assert code == 0, output
    found = json.loads(output)["questions"]
    assert list(found) == [question.key for question in QUESTIONS]
    assert found["orders_sort_id"]["answer"] is True
