"""examples/terraform, as far as it can be checked without an Airbyte and without its Terraform provider."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import hcl2
import pytest
from jsonschema import validate

from integration_tests.examples.airbyte_provider import CONNECTION, PROVIDER, RESOURCES, Schema, write_stand_ins
from integration_tests.examples.environment import EXAMPLES
from source_bigcommerce.config import Config

FOLDER = EXAMPLES / "terraform"
TERRAFORM = shutil.which("terraform")
needs_terraform = pytest.mark.skipif(  # which no package of Python's or Debian's installs
    TERRAFORM is None, reason="not repeated by CI: there is no terraform"
)
STORES = ("north", "south")  # of terraform.tfvars.example
CREDENTIALS = {store: {"client_id": "id", "access_token": f"token-of-{store}"} for store in STORES}
_OF_THE_LANGUAGE = {"for_each", "count", "provider", "depends_on", "lifecycle"}

Block = dict[str, Any]


def test_every_attribute_is_one_of_the_provider_s() -> None:
    """A misspelled attribute, or one that only older versions had, fails at the first `terraform plan` of a user."""
    resources = [
        (kind, block) for entry in blocks("resource") for kind, named in entry.items() for block in named.values()
    ]
    assert {kind for kind, _ in resources} == set(RESOURCES)
    for kind, block in resources:
        assert_documented(RESOURCES[kind], block)
    (provider,) = blocks("provider")
    assert_documented(PROVIDER, provider["airbyte"])


def test_every_variable_is_declared_and_used() -> None:
    """A variable that is not declared is an error; one that nothing uses would be filled in for nothing."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in FOLDER.glob("*.tf"))
    declared = {name for entry in blocks("variable") for name in entry}
    assert set(re.findall(r"\bvar\.(\w+)", text)) == declared
    example = hcl2.loads((FOLDER / "terraform.tfvars.example").read_text(encoding="utf-8"))
    secret = {name for entry in blocks("variable") for name, block in entry.items() if block.get("sensitive")}
    assert {name for name in example if not name.startswith("__")} == declared - secret


@needs_terraform
def test_it_is_formatted() -> None:
    """As `terraform fmt` writes it."""
    terraform(FOLDER, "fmt", "-check", "-diff")


@needs_terraform
def test_the_plan_holds_a_source_and_a_connection_for_each_store(tmp_path: Path) -> None:
    """Each expression is evaluated by Terraform itself; local modules stand in for the provider's resources."""
    write_stand_ins(FOLDER, tmp_path)
    shutil.copy(FOLDER / "terraform.tfvars.example", tmp_path / "terraform.tfvars")
    terraform(tmp_path, "init", "-backend=false")
    terraform(tmp_path, "plan", "-out=plan")
    planned = inputs(json.loads(terraform(tmp_path, "show", "-json", "plan")))
    assert set(planned) == {
        "airbyte",
        "airbyte_source_definition__bigcommerce",
        *(f"airbyte_source__store:{store}" for store in STORES),
        *(f"airbyte_connection__store:{store}" for store in STORES),
    }
    assert planned["airbyte"]["token_url"] == planned["airbyte"]["server_url"] + "/applications/token"
    for store in STORES:
        settings = json.loads(planned[f"airbyte_source__store:{store}"]["configuration"])
        validate(settings, {**Config.spec(), "additionalProperties": False})
        assert settings["access_token"] == f"token-of-{store}"
        connection = planned[f"airbyte_connection__store:{store}"]
        validate(connection, CONNECTION)
        assert connection["namespace_format"] == f"bigcommerce_{store}"


def blocks(kind: str) -> list[Block]:
    """Returns the blocks of a kind in all files, without comments."""
    found: list[Block] = []
    for file in sorted(FOLDER.glob("*.tf")):
        found += plain(hcl2.loads(file.read_text(encoding="utf-8"))).get(kind, [])
    return found


def plain(value: Any) -> Any:
    """Returns a parsed value without quotation marks, comments and other marks of the parser."""
    if isinstance(value, dict):
        return {plain(name): plain(one) for name, one in value.items() if not name.startswith("__")}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.strip('"') if isinstance(value, str) else value


def assert_documented(schema: Schema, block: Block) -> None:
    """Fails unless a block has the required attributes, and none that the provider does not have."""
    used = set(block) - _OF_THE_LANGUAGE
    assert schema.required <= used <= schema.required | schema.optional


def inputs(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns the planned arguments of each module, by its name and, with `for_each`, `:` and its key."""
    found = {}
    for module in plan["planned_values"]["root_module"]["child_modules"]:
        (resource,) = module["resources"]
        name = module["address"].removeprefix("module.").replace('["', ":").removesuffix('"]')
        found[name] = resource["values"]["input"]
    return found


def terraform(folder: Path, *arguments: str) -> str:
    """Returns the output of a command; fails unless it succeeds."""
    assert TERRAFORM
    variables = {
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "NO_COLOR": "1",
        "TF_VAR_airbyte_client_id": "id",
        "TF_VAR_airbyte_client_secret": "secret",
        "TF_VAR_credentials": json.dumps(CREDENTIALS),
    }
    done = subprocess.run(
        [TERRAFORM, *arguments], cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
