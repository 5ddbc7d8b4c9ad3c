"""From the empty form to a connection that works."""

from __future__ import annotations

import json
from pathlib import Path

from integration_tests.form.bundle import SOURCES
from integration_tests.form.connection_form import ConnectionForm
from integration_tests.form.settings import REQUIRED
from integration_tests.harness import CommandLine, config_for, messages
from sandbox import Server


def test_what_the_form_submits_passes_check(form: ConnectionForm, store: Server, tmp_path: Path) -> None:
    """The input of a user goes through the browser into a config file and from there to the store.

    The address of the sandbox is a hidden setting, so it is there before, as in a connection that is edited.
    """
    config = config_for(store)
    form.show({"api_url": config["api_url"]})
    form.fill(**{name: config[name] for name in REQUIRED})
    command = CommandLine(tmp_path)
    code, output = command.run("check", "--config", command.write("config.json", form.submit()))
    printed = messages(output.splitlines(keepends=True))
    statuses = [m["connectionStatus"]["status"] for m in printed if m["type"] == "CONNECTION_STATUS"]
    assert (code, statuses) == (0, ["SUCCEEDED"]), output


def test_the_packages_of_the_page_are_pinned_without_an_address() -> None:
    """Every machine installs the same bytes, from whichever registry it is set up with."""
    lock = json.loads((SOURCES / "package-lock.json").read_text())
    wanted = json.loads((SOURCES / "package.json").read_text())["dependencies"]
    assert lock["packages"][""]["dependencies"] == wanted
    for name, package in lock["packages"].items():
        if name:
            assert "integrity" in package and "resolved" not in package, f"Run `npm install` in {SOURCES} for {name}"
