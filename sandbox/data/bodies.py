"""Bodies of records with every documented field, from `bodies.json`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

_BODIES: dict[str, dict[str, Any]] = orjson.loads((Path(__file__).parent / "bodies.json").read_bytes())


def body(name: str, /, **changes: Any) -> dict[str, Any]:
    """Returns a body with some fields changed; nested values are shared and must not be altered.

    Raises KeyError for a name or a field that is not in the file.
    """
    template = _BODIES[name]
    if unknown := changes.keys() - template.keys():
        raise KeyError(f"{name} has no field {', '.join(sorted(unknown))}")
    return {**template, **changes}
