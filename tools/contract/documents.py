"""BigCommerce's OpenAPI files: the operation of an endpoint, the schema of its response, and the documented examples.

The folder holds the files under the names of the public documentation repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from source_bigcommerce.api.b2b_edition import PREFIX, adapted, snake_case

_VERSION = re.compile(r"\.(v[23])\.")
_B2B_SERVER = re.compile(r"https://api-b2b\.bigcommerce\.com/api/(?:v3/)?io(/.*)?")
_REPEATED = "invoice-management.yaml"  # the files of the folder invoice_management in one
_PARAMETER = re.compile(r"\{[^}]*\}")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # a base that is chosen when this runs
    """Leaves dates as they are written: JSON has none."""


_Loader.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def load(file: Path) -> Any:
    """A YAML file, decoded."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # a safe one


def resolved(document: Any, node: Any) -> Any:
    """A node of a document, with the references that it is made of followed; empty for one to another document."""
    while isinstance(node, dict) and "$ref" in node:
        if not node["$ref"].startswith("#"):
            return {}
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


class Operation:
    """GET on a path, as one file documents it."""

    def __init__(self, document: Any, file: str, path: str) -> None:
        self.document = document
        self.file = file
        self.path = path
        self.is_of_b2b_edition = _b2b_root(document) is not None

    def name_of(self, field: str) -> str:
        """The name of a documented field in records."""
        return snake_case(field) if self.is_of_b2b_edition else field

    @property
    def body(self) -> Mapping[str, Any]:
        """The media type of the response 200: its schema and its examples."""
        content: Mapping[str, Any] = self._response.get("content", {}).get("application/json", {})
        return content

    def parameters(self) -> dict[str, str | None]:
        """The parameters in the query, with their types."""
        item = self.document["paths"][self.path]
        found = (self.resolve(one) for one in (*item.get("parameters", ()), *item["get"].get("parameters", ())))
        return {
            one["name"]: self.resolve(one.get("schema", one)).get("type") for one in found if one.get("in") == "query"
        }

    def resolve(self, node: Any) -> Any:
        """A node without references."""
        return resolved(self.document, node)

    def examples(self) -> Iterator[Any]:
        """The bodies that are documented as examples: of the response, of its media types, of its schema, and those of
        one entry, as the list that holds it alone."""
        response = self._response
        for holder in (response, *response.get("content", {}).values()):
            yield from map(self._as_read, self._examples_of(holder))
        yield from map(self._as_read, self._examples_within(self.body.get("schema", {})))

    def _as_read(self, body: Any) -> Any:
        """A body in the form in which streams read it."""
        return adapted(deepcopy(body)) if self.is_of_b2b_edition else body

    @property
    def _response(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.resolve(self.document["paths"][self.path]["get"]["responses"]["200"])
        return found

    def _examples_of(self, holder: Mapping[str, Any]) -> Iterator[Any]:
        if "example" in holder:
            yield self.resolve(holder["example"])
        named = holder.get("examples") or {}
        for one in named.values() if isinstance(named, dict) else named:
            one = self.resolve(one)
            yield self.resolve(one["value"]) if isinstance(one, dict) and "value" in one else one

    def _examples_within(self, node: Any) -> Iterator[Any]:
        node = self.resolve(node)
        if not isinstance(node, dict):
            return
        yield from self._examples_of(node)
        for branch in (branch for kind in ("allOf", "oneOf", "anyOf") for branch in node.get(kind, [])):
            yield from self._examples_within(branch)
        for example in self._examples_within(node.get("items")):
            yield [example]
        for example in self._examples_within(node.get("properties", {}).get("data")):
            yield {"data": example}


class Documents:
    """All files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Any] = {}

    def at(self, file: str, path: str) -> Operation:
        """Returns the operation GET of a path in a file, both spelled as they are there."""
        return Operation(self._loaded(file), file, path)

    def operation(self, endpoint: str) -> Operation:
        """Returns the operation of an endpoint such as `v3/pricelists/{id}/records`. Raises KeyError for others."""
        found = self._operations.get(_shape(endpoint))
        if found is None:
            raise KeyError(f"no file in {self._folder} documents GET {endpoint}")
        return found

    def endpoints(self) -> Iterator[str]:
        """All that is documented with GET, with `*` for each parameter."""
        return iter(sorted(self._operations))

    def is_one_of(self, endpoint: str, lists: Iterable[str]) -> bool:
        """Returns True if an endpoint, as `endpoints` spells it, is one of these lists or one record of them."""
        shapes = {_shape(one) for one in lists}
        return endpoint in shapes or endpoint.removesuffix("/*") in shapes

    @cached_property
    def _operations(self) -> dict[str, Operation]:
        found: dict[str, Operation] = {}
        for file in sorted(self._folder.rglob("*.y*ml")):
            name, version = str(file.relative_to(self._folder)), _VERSION.search(file.name)
            if file.name == _REPEATED:
                continue
            document = self._loaded(name)
            root = version[1] if version else _b2b_root(document)
            if root is None:
                continue
            for path, item in (document.get("paths") or {}).items():
                if "200" in item.get("get", {}).get("responses", {}):
                    found.setdefault(_shape(f"{root}{path}"), Operation(document, name, path))
        return found

    def _loaded(self, name: str) -> Any:
        if name not in self._files:
            self._files[name] = load(self._folder / name)
        return self._files[name]


def _b2b_root(document: Any) -> str | None:
    """The beginning of the endpoints of a document, if it is one of B2B Edition."""
    servers = document.get("servers") or [{}]
    found = _B2B_SERVER.fullmatch(servers[0].get("url", ""))
    return f"{PREFIX.rstrip('/')}{found[1] or ''}" if found else None


def _shape(endpoint: str) -> str:
    return _PARAMETER.sub("*", endpoint.strip("/"))
