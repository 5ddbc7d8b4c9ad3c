"""The schema of Airbyte's Terraform provider, as far as examples/terraform uses it, and stand-ins for its resources.

The facts are those of the provider's documentation for version 1.2.0 (github.com/airbytehq/terraform-provider-airbyte,
docs/index.md and docs/resources/). The provider itself is not run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Schema:
    """The attributes of a resource, by name; the values of nested ones and of enumerations are checked in a plan."""

    required: frozenset[str]
    optional: frozenset[str]
    read_only: frozenset[str]


PROVIDER = Schema(
    required=frozenset(),
    optional=frozenset(
        {"bearer_auth", "client_id", "client_secret", "password", "server_url", "token_url", "username"}
    ),
    read_only=frozenset(),
)
RESOURCES = {
    "airbyte_source_definition": Schema(
        required=frozenset({"docker_image_tag", "docker_repository", "name", "workspace_id"}),
        optional=frozenset({"documentation_url"}),
        read_only=frozenset({"id"}),
    ),
    "airbyte_source": Schema(
        required=frozenset({"configuration", "name", "workspace_id"}),
        optional=frozenset({"definition_id", "resource_allocation", "secret_id"}),
        read_only=frozenset({"created_at", "source_id", "source_type"}),
    ),
    "airbyte_connection": Schema(
        required=frozenset({"destination_id", "source_id"}),
        optional=frozenset(
            {
                "configurations",
                "data_residency",
                "name",
                "namespace_definition",
                "namespace_format",
                "non_breaking_schema_updates_behavior",
                "prefix",
                "schedule",
                "status",
                "tags",
            }
        ),
        read_only=frozenset({"connection_id", "created_at", "status_reason", "workspace_id"}),
    ),
}
# What the JSON schema of a connection allows, nested attributes included.
CONNECTION = {
    "type": "object",
    "properties": {
        "namespace_definition": {"enum": ["source", "destination", "custom_format"]},
        "non_breaking_schema_updates_behavior": {
            "enum": ["ignore", "disable_connection", "propagate_columns", "propagate_fully"]
        },
        "schedule": {
            "type": "object",
            "properties": {"schedule_type": {"enum": ["manual", "cron"]}, "cron_expression": {"type": "string"}},
            "required": ["schedule_type"],
            "additionalProperties": False,
        },
        "configurations": {
            "type": "object",
            "properties": {
                "streams": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "properties": {
                            "name": {"type": "string"},
                            "sync_mode": {"enum": ["full_refresh_overwrite", "incremental_deduped_history"]},
                        },
                        "required": ["name", "sync_mode"],
                        "additionalProperties": False,
                    },
                }
            },
            "required": ["streams"],
            "additionalProperties": False,
        },
    },
}


def write_stand_ins(configuration: Path, folder: Path) -> None:
    """Copies a configuration with a local module, of the same arguments and results, in place of each resource.

    Terraform then checks names and expressions, and plans, without the provider.
    """
    for kind, schema in {**RESOURCES, "airbyte": PROVIDER}.items():
        module = folder / "modules" / kind
        module.mkdir(parents=True)
        arguments = sorted(schema.required | schema.optional)
        lines = [f'variable "{name}" {{{"" if name in schema.required else " default = null "}}}' for name in arguments]
        values = "\n".join(f"    {name} = var.{name}" for name in arguments)
        lines.append(f'resource "terraform_data" "this" {{\n  input = {{\n{values}\n  }}\n}}')
        lines += [f'output "{name}" {{ value = terraform_data.this.id }}' for name in sorted(schema.read_only)]
        (module / "main.tf").write_text("\n".join(lines), encoding="utf-8")
    for file in configuration.glob("*.tf"):
        text = re.sub(r"required_providers \{.*?\n  \}\n", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = text.replace('provider "airbyte" {', 'module "airbyte" {\n  source = "./modules/airbyte"')
        text = re.sub(r'resource "(\w+)" "(\w+)" \{', r'module "\1__\2" {\n  source = "./modules/\1"', text)
        text = re.sub(rf"\b({'|'.join(RESOURCES)})\.(\w+)", r"module.\1__\2", text)
        (folder / file.name).write_text(text, encoding="utf-8")
