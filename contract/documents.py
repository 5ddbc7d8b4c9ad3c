"""BigCommerce's OpenAPI files: which operation an endpoint is, what its answer looks like, and the documented examples.

The folder holds the files under the names of the public documentation repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

_VERSION = re.compile(r"\.(v[23])\.")
_PARAMETER = re.compile(r"\{[^}]*\}")


def load(file: Path) -> Any:
    """A YAML file, decoded."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
    return yaml.load(file.read_text(encoding="utf-8"), Loader=loader)


def resolved(document: Any, node: Any) -> Any:
    """A node of a document, with the references that it is made of followed."""
    while isinstance(node, dict) and "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


class Operation:
    """What one file documents of GET on a path."""

    def __init__(self, document: Any, file: str, path: str) -> None:
        self.document = document
        self.file = file
        self.path = path

    @property
    def body(self) -> Mapping[str, Any]:
        """The media type of the answer 200: its schema and its examples."""
        response = self.resolve(self.document["paths"][self.path]["get"]["responses"]["200"])
        content: Mapping[str, Any] = response.get("content", {}).get("application/json", {})
        return content

    def resolve(self, node: Any) -> Any:
        """A node without references."""
        return resolved(self.document, node)

    def examples(self) -> Iterator[Any]:
        """The bodies that are documented as examples, of the media type or of its schema."""
        body = self.body
        schema = self.resolve(body.get("schema", {}))
        for holder in (body, schema):
            if "example" in holder:
                yield holder["example"]
            named = holder.get("examples") or {}
            values = named.values() if isinstance(named, dict) else named
            for one in values:
                one = self.resolve(one)
                yield one["value"] if isinstance(one, dict) and "value" in one else one


class Documents:
    """All files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def operation(self, endpoint: str) -> Operation:
        """What is documented of an endpoint such as `v3/pricelists/{id}/records`. Raises KeyError when nothing is."""
        found = self._operations.get(_shape(endpoint))
        if found is None:
            raise KeyError(f"no file in {self._folder} documents GET {endpoint}")
        return found

    @cached_property
    def _operations(self) -> dict[str, Operation]:
        found: dict[str, Operation] = {}
        for file in sorted(self._folder.rglob("*.y*ml")):
            version = _VERSION.search(file.name)
            if version is None or "b2b" in str(file):
                continue
            document = load(file)
            for path, item in (document.get("paths") or {}).items():
                if "200" in item.get("get", {}).get("responses", {}):
                    name = str(file.relative_to(self._folder))
                    found.setdefault(_shape(f"{version[1]}{path}"), Operation(document, name, path))
        return found


def _shape(endpoint: str) -> str:
    return _PARAMETER.sub("*", endpoint.strip("/"))
