"""`python -m tools.contract.sandbox <folder>`: the store's responses against BigCommerce's OpenAPI files.

The folder holds the files under the names of the public documentation repository. Every endpoint is requested in
several variants, odd and heavy records included; each response is validated against the response schema, with
`corrections` applied. Needs `pyyaml`, `jsonschema` and `requests`.
"""

from __future__ import annotations

import re
import sys
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema  # type: ignore[import-untyped, unused-ignore]  # it has no stubs
import requests

from sandbox.options import READ_SCOPES, Options
from sandbox.server import Server, serve
from tools.contract.b2b_sandbox import requests_to
from tools.contract.documents import Documents, resolved
from tools.contract.sandbox_corrections import (
    ANY_WORD,
    CORRECTIONS,
    COUPONS,
    CUSTOMERS,
    NULLABLE,
    OPEN,
    OPTIONAL,
    ORDERS,
    PAYMENTS,
    PRODUCTS,
    VARIANTS,
    Correction,
)

STORE = "store_information.v2.yml"
_PER_ENDPOINT = 5
_SMALL = Options(orders=400, products=120, customers=200, coupons=40, companies=20, b2b=True, scopes=READ_SCOPES)
_STORES = (_SMALL, replace(_SMALL, heavy=True, oddities=False))
_KEPT = {
    "type", "properties", "items", "required", "enum", "oneOf", "anyOf", "allOf", "nullable",
    "additionalProperties", "minimum", "maximum", "minLength", "maxLength",
}  # fmt: skip


class Variant(NamedTuple):
    """One request to make, and the documented path that its response belongs to."""

    file: str
    path: str
    request: str


_OBJECT = "include=consignments.line_items,fees&consignment_structure=object"
_PRODUCT_PARTS = "bulk_pricing_rules,channels,custom_fields,images,parent_relations,primary_image,variants,videos"


def _variants(server: Server) -> list[Variant]:
    orders, products = server.store.oddities["orders"], server.store.oddities["products"]
    found = [
        Variant(ORDERS, "/orders", "v2/orders?limit=250"),
        Variant(ORDERS, "/orders", f"v2/orders?limit=250&{_OBJECT}"),
        Variant(ORDERS, "/orders", "v2/orders?limit=250&include=consignments&consignment_structure=object"),
        Variant(ORDERS, "/orders/count", "v2/orders/count"),
        Variant(PAYMENTS, "/orders/payment_actions/refunds", "v3/orders/payment_actions/refunds?limit=250"),
        Variant(CUSTOMERS, "/customers", "v3/customers?limit=250"),
        Variant(
            CUSTOMERS,
            "/customers",
            "v3/customers?limit=250&include=addresses,attributes,formfields,storecredit",
        ),
        Variant(CUSTOMERS, "/customers/addresses", "v3/customers/addresses?limit=250&include=formfields"),
        Variant(CUSTOMERS, "/customers/attributes", "v3/customers/attributes"),
        Variant(CUSTOMERS, "/customers/attribute-values", "v3/customers/attribute-values?limit=250"),
        Variant(CUSTOMERS, "/customers/form-field-values", "v3/customers/form-field-values?limit=250"),
        Variant(PRODUCTS, "/catalog/products", "v3/catalog/products?limit=250"),
        Variant(PRODUCTS, "/catalog/products", f"v3/catalog/products?limit=250&include={_PRODUCT_PARTS}"),
        Variant(PRODUCTS, "/catalog/products", "v3/catalog/products?include=options,modifiers"),
        Variant(VARIANTS, "/catalog/variants", "v3/catalog/variants?limit=250"),
        Variant(COUPONS, "/coupons", "v2/coupons?limit=250"),
        Variant(COUPONS, "/coupons/count", "v2/coupons/count"),
        Variant(STORE, "/store", "v2/store"),
        Variant(STORE, "/time", "v2/time"),
    ]
    for id_ in [*orders.values(), *server.store.ids("orders")[-100:]]:
        found += [
            Variant(ORDERS, f"/orders/{{order_id}}/{name}", f"v2/orders/{id_}/{name}")
            for name in (
                "products", "shipping_addresses", "coupons", "consignments", "fees", "shipments", "taxes", "messages",
            )
        ]  # fmt: skip
        found += [
            Variant(PAYMENTS, f"/orders/{{order_id}}/{name}", f"v3/orders/{id_}/{name}")
            for name in ("transactions", "payment_actions/refunds")
        ]
        found.append(Variant(ORDERS, "/orders/{order_id}/taxes", f"v2/orders/{id_}/taxes?details=true&limit=250"))
        found.append(Variant(ORDERS, "/orders/{order_id}", f"v2/orders/{id_}"))
    for id_ in products.values():
        of = "/catalog/products/{product_id}"
        found += [
            Variant(PRODUCTS, f"{of}/{name}", f"v3/catalog/products/{id_}/{name}?limit=250")
            for name in ("images", "videos", "custom-fields", "bulk-pricing-rules")
        ]
        found.append(Variant(VARIANTS, f"{of}/variants", f"v3/catalog/products/{id_}/variants"))
        found.append(Variant(PRODUCTS, of, f"v3/catalog/products/{id_}"))
        found.append(
            Variant(
                "catalog/product-modifiers_catalog.v3.yml",
                f"{of}/modifiers",
                f"v3/catalog/products/{id_}/modifiers",
            )
        )
        found.append(
            Variant(
                "catalog/product-variant-options_catalog.v3.yml",
                f"{of}/options",
                f"v3/catalog/products/{id_}/options",
            )
        )
    return found


def _of_collections(server: Server, documents: ResponseSchemas) -> list[Variant]:
    """A page of each small collection, with all that can be included."""
    found = []
    for shelf in server.store.collections.values():
        one = shelf.collection
        if one.path.startswith("api/"):  # of B2B Edition
            continue
        requested = [f"include={','.join(sorted(one.included))}"] if one.included else []
        requested += [f"{one.needs}={','.join(map(str, server.store.ids(one.name)))}"] if one.needs else []
        file, path = documents.place_of(one.path)
        found.append(Variant(file, path, "?".join([shelf.example_path(), "&".join(requested)]).rstrip("?")))
    return found


class ResponseSchemas:
    """The OpenAPI files, as JSON Schemas of responses."""

    def __init__(self, folder: Path) -> None:
        self._documents = Documents(folder)
        self._schemas: dict[tuple[str, str], dict[str, Any]] = {}

    def schema(self, file: str, path: str) -> dict[str, Any]:
        """The schema of the 200 response of GET on a path."""
        found = self._schemas.get((file, path))
        if found is None:
            operation = self._documents.at(file, path)
            corrections = [c for c in CORRECTIONS if _applies(c, file, path)]
            found = self._json_schema(operation.document, operation.body["schema"], "", corrections)
            self._schemas[file, path] = found
        return found

    def place_of(self, endpoint: str) -> tuple[str, str]:
        """The file and the path, as spelled there, that document an endpoint. Raises KeyError when none does."""
        operation = self._documents.operation(endpoint)
        return operation.file, operation.path

    def _json_schema(self, document: Any, node: Any, name: str, corrections: list[Correction]) -> dict[str, Any]:
        """A node with its references followed, `nullable` turned into a type, corrections put in."""
        node = resolved(document, node)
        patches = [c.schema for c in corrections if c.prop == name]
        for patch in patches:
            if isinstance(patch, dict):
                return deepcopy(patch)
        if OPEN in patches:
            corrections = [*corrections, *_OPEN_BELOW]

        def below(child: Any, its_name: str) -> dict[str, Any]:
            return self._json_schema(document, child, its_name, corrections)

        schema: dict[str, Any] = {key: value for key, value in node.items() if key in _KEPT}
        if "properties" in schema:
            schema["properties"] = {key: below(value, key) for key, value in schema["properties"].items()}
        if "items" in schema:
            schema["items"] = below(schema["items"], "[]")
        for key in _BRANCHES & schema.keys():
            schema[key] = [below(child, _BRANCH if OPEN in patches else "") for child in schema[key]]
        _tidy(schema)
        _loosen(schema, patches, optional={c.prop for c in corrections if c.schema == OPTIONAL})
        if schema.pop("nullable", False) or NULLABLE in patches:
            return {"anyOf": [schema, {"type": "null"}]}
        return schema


def _loosen(schema: dict[str, Any], patches: list[Any], optional: set[str]) -> None:
    """Corrections that take a rule away."""
    if OPEN in patches:
        schema.pop("additionalProperties", None)
    if ANY_WORD in patches:
        schema.pop("enum", None)
    if "required" in schema:
        schema["required"] = [one for one in schema["required"] if one not in optional]


def _tidy(schema: dict[str, Any]) -> None:
    """Two habits of the files: `oneOf` for branches that overlap, and `items` on what is no array."""
    if "oneOf" in schema:
        schema["anyOf"] = schema.pop("oneOf")
    if schema.get("type") not in (None, "array"):
        schema.pop("items", None)


_BRANCHES = {"oneOf", "anyOf", "allOf"}
_BRANCH = "<branch>"
_OPEN_BELOW = [Correction("", name, OPEN, "below an open list") for name in ("[]", _BRANCH)]


def _applies(correction: Correction, file: str, path: str) -> bool:
    return correction.file == file and correction.path in ("", path)


@cache
def _place(pattern: str) -> str:
    return re.sub(r"\d+", "*", pattern)


def compare(folder: Path) -> list[str]:
    """Every difference between the store and the documents, a line each."""
    documents = ResponseSchemas(folder)
    differences: dict[str, str] = {}
    for options in _STORES:
        _compare(options, folder, documents, differences)
    return list(differences.values())


def _compare(options: Options, folder: Path, documents: ResponseSchemas, differences: dict[str, str]) -> None:
    with serve(options) as server, requests.Session() as session:
        session.headers.update({"X-Auth-Token": server.token, "X-Store-Hash": server.store_hash})
        of_store = [(server.url, one) for one in (*_variants(server), *_of_collections(server, documents))]
        b2b_url, of_b2b = f"{server.b2b_api_url}/api/v3/io", requests_to(server, Documents(folder))
        for url, variant in [*of_store, *((b2b_url, Variant(*one)) for one in of_b2b)]:
            response = session.get(f"{url}/{variant.request}", timeout=30)
            if response.status_code == 204:
                continue
            if response.status_code != 200:
                differences[variant.request] = f"{variant.request}: status {response.status_code}"
                continue
            validator = jsonschema.Draft7Validator(documents.schema(variant.file, variant.path))
            for error in list(validator.iter_errors(response.json()))[:_PER_ENDPOINT]:
                error = _deepest(error)
                where = _place("/".join(str(part) for part in error.absolute_path))
                key = f"{variant.file} {variant.path} {where}"
                differences.setdefault(key, f"{key}: {error.message[:160]} (seen on {variant.request})")


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """The innermost cause: of several branches, the one that got furthest."""
    while error.context:
        error = max(error.context, key=lambda cause: len(cause.absolute_path))
    return error


def main(argv: list[str] | None = None) -> int:
    """Prints the differences; 1 when there are any."""
    arguments = sys.argv[1:] if argv is None else argv
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python -m tools.contract.sandbox <folder with BigCommerce's OpenAPI files>", file=sys.stderr)
        return 2
    differences = compare(Path(arguments[0]))
    for line in differences:
        print(line)
    print(f"{len(differences)} differences, {len(CORRECTIONS)} known slips of the documents corrected")
    return 1 if differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
