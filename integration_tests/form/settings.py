"""The connector's settings, sorted by what the form must do with them."""

from __future__ import annotations

from typing import Any

from source_bigcommerce.config import Config

FILLED = {"start_date": "2024-01-31", "client_id": "a-client", "access_token": "a-token", "store_hash": "abc123"}
SETTINGS = Config.spec()["properties"]
VISIBLE = [name for name, setting in SETTINGS.items() if not setting.get("airbyte_hidden")]
HIDDEN = [name for name in SETTINGS if name not in VISIBLE]
SECRET = [name for name in VISIBLE if SETTINGS[name].get("airbyte_secret")]
REQUIRED = Config.spec()["required"]
PATTERNED = [name for name in VISIBLE if "pattern" in SETTINGS[name]]
NUMBERS = [name for name in VISIBLE if SETTINGS[name]["type"] == "integer"]


def accepts(config: dict[str, Any]) -> bool:
    """Returns True if the connector accepts the config."""
    try:
        Config.parse(config)
    except ValueError:
        return False
    return True
