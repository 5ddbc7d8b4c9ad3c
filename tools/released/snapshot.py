"""The specification and the catalog of this version, and those of the last released one."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, Type

from source_bigcommerce import __version__
from source_bigcommerce.source import SourceBigcommerce

HERE = Path(__file__).parent
_LOGGER = logging.getLogger("airbyte")
_CONFIG = {"start_date": "2024-01-01", "client_id": "id", "access_token": "token", "store_hash": "hash"}


@dataclass(frozen=True)
class Snapshot:
    """The interface of a version for the connections that use it."""

    version: str
    spec: dict[str, Any]
    catalog: dict[str, Any]

    @classmethod
    def of_this_version(cls) -> Snapshot:
        """Returns the current output of `spec` and `discover`."""
        source = SourceBigcommerce()
        spec = AirbyteMessage(type=Type.SPEC, spec=source.spec(_LOGGER))
        catalog = AirbyteMessage(type=Type.CATALOG, catalog=source.discover(_LOGGER, _CONFIG))
        return cls(__version__, _plain(spec)["spec"], _plain(catalog)["catalog"])

    @classmethod
    def released(cls) -> Snapshot:
        """Returns the output of the last release, as saved here."""
        spec, catalog = (
            json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")) for name in ("spec", "catalog")
        )
        return cls((HERE / "version").read_text(encoding="utf-8").strip(), spec, catalog)

    def keep(self) -> None:
        """Writes it in the place of the last release."""
        for name, content in (("spec", self.spec), ("catalog", self.catalog)):
            text = json.dumps(content, indent=2, ensure_ascii=False)
            (HERE / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
        (HERE / "version").write_text(f"{self.version}\n", encoding="utf-8")


def _plain(message: AirbyteMessage) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(AirbyteMessageSerializer.dump(message)))
    return plain
