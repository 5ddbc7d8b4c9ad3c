"""Companies, what belongs to them, their hierarchy and roles (company/company.yaml, address/address.yaml, payment/)."""

from __future__ import annotations

from typing import Any

from sandbox.b2b.api.call import Call, Endpoint
from sandbox.b2b.api.listing import Form, Listing, written
from sandbox.b2b.responses import SUCCESS, B2BProblem, Wrong, enveloped, shown
from sandbox.collection import Row
from sandbox.responses import ApiResponse, json

_DATES = {"Modified": "updatedAt", "Created": "createdAt"}
_HIDDEN_DATES = {"Modified": "_updatedAt", "Created": "_createdAt"}
_NO_CREDIT: Row = {
    "creditEnabled": False,
    "creditCurrency": "USD",
    "availableCredit": 0,
    "limitPurchases": False,
    "creditHold": False,
}
_NO_TERMS: Row = {"isEnabled": False, "paymentTerms": 0}


def _companies(call: Call) -> list[Row]:
    """Those of an order or a customer, if the request names one, and those with an extra field of some value."""
    found = call.rows("companies")
    query = call.query
    if order := query.integer("bcOrderId") or query.integer("orderId"):
        owners = {row["companyId"] for row in call.rows("b2b_orders") if order in (row["bcOrderId"], row["id"])}
        found = [row for row in found if row["companyId"] in owners]
    if customer := query.integer("customerId"):
        owners = {row["companyId"] for row in call.rows("company_users") if row["customerId"] == customer}
        found = [row for row in found if row["companyId"] in owners]
    if asked := query.text("extraFields"):
        name, _, value = asked.partition(":")
        is_exact = query.text("extraFieldFilterType") == "exact-match"
        found = [row for row in found if _has_extra(row, name, value.lower(), is_exact)]
    return found


def _has_extra(row: Row, name: str, value: str, is_exact: bool) -> bool:
    held = [str(one["fieldValue"]).lower() for one in row["extraFields"] if one["fieldName"] == name]
    return any(one == value if is_exact else value in one for one in held)


def _company(call: Call) -> ApiResponse:
    """One company; `bcGroupId` is text there, and a number in the list (documented)."""
    found = written(call, "companies", call.company())
    if call.variant.ids == "documented":
        found["bcGroupId"] = str(found["bcGroupId"])
    return enveloped(found)


def _of_company(kind: str) -> Any:
    def rows(call: Call) -> list[Row]:
        key = call.company()["companyId"]
        field = call.shelf(kind).collection.parent_field
        return [row for row in call.rows(kind) if row[field] == key]

    return rows


def _credit(call: Call) -> ApiResponse:
    if call.variant.features == "off":
        raise B2BProblem(400, "API logic error", "Store company credit is not enabled")
    return _single(call, "company_credit", _NO_CREDIT)


def _terms(call: Call) -> ApiResponse:
    return _single(call, "company_payment_terms", _NO_TERMS)


def _single(call: Call, kind: str, absent: Row) -> ApiResponse:
    """What each company has one of: as it is without a row of its own, if it was made later."""
    found = next(iter(_of_company(kind)(call)), absent)
    return enveloped(shown(found, call.variant))


def _payments(call: Call) -> ApiResponse:
    """All payment methods, and whether the company may use them."""
    return enveloped(
        [
            shown(
                {
                    "paymentId": row["paymentId"],
                    "code": row["paymentMethodCode"],
                    "paymentTitle": row["paymentMethodTitle"],
                    "isEnabled": row["isEnabled"],
                },
                call.variant,
            )
            for row in _of_company("company_payment_methods")(call)
        ]
    )


def _enabled(call: Call) -> list[Row]:
    return [row for row in call.rows("company_payment_methods") if row["isEnabled"]]


# The hierarchy


def _node(row: Row, below: list[Row]) -> Row:
    """A company in the hierarchy, with what is below it if there is something."""
    node = {
        "companyId": row["companyId"],
        "companyName": row["companyName"],
        "companyStatus": int(row["companyStatus"]),
    }
    return {**node, "subsidiaries": below} if below else node


def _parent_of(row: Row) -> Any:
    return (row["parentCompany"] or {}).get("id")


def _below(companies: list[Row], key: Any, passed: frozenset[Any] = frozenset()) -> list[Row]:
    """The companies below one, as trees; a hierarchy that returns to itself ends."""
    passed |= {key}
    return [
        _node(row, _below(companies, row["companyId"], passed))
        for row in companies
        if _parent_of(row) == key and row["companyId"] not in passed
    ]


def _size(nodes: list[Row]) -> int:
    """The number of companies in some trees."""
    return sum(1 + _size(node.get("subsidiaries", [])) for node in nodes)


def _paged(call: Call, nodes: list[Row], subsidiaries: int) -> ApiResponse:
    """A page of trees; these responses have no `code` (documented by example). Their total is documented as the number
    of subsidiaries of the company, on all layers."""
    limit, offset = call.query.integer("limit") or 10, call.query.integer("offset") or 0
    pagination = {"totalCount": subsidiaries, "limit": limit, "offset": offset}
    found = [shown(node, call.variant) for node in nodes[offset : offset + limit]]
    return json({"data": found, "meta": {"message": SUCCESS, "pagination": pagination}})


def _subsidiaries(call: Call) -> ApiResponse:
    """The accounts on lower layers, each with those below it."""
    key = call.company(Wrong.TITLE)["companyId"]
    nodes = _below(call.rows("companies"), key)
    return _paged(call, nodes, _size(nodes))


def _hierarchy(call: Call) -> ApiResponse:
    """The whole tree that the company is in, from its root."""
    companies = call.rows("companies")
    by_key = {row["companyId"]: row for row in companies}
    root, passed = call.company(Wrong.TITLE), set[Any]()
    while (parent := _parent_of(root)) in by_key and parent not in passed:
        passed.add(parent)
        root = by_key[parent]
    below = _below(companies, root["companyId"])
    return _paged(call, [_node(root, below)], _size(below))


# Roles


def _role(call: Call) -> ApiResponse:
    found = next((row for row in call.rows("company_roles") if row["id"] == call.path["roleId"]), None)
    if found is None:
        raise B2BProblem(404, "Not Found Error", "Role matching query does not exist.")
    return enveloped(shown(found, call.variant))


# Addresses


def _address(call: Call) -> ApiResponse:
    found = next((row for row in call.rows("company_addresses") if row["addressId"] == call.path["addressId"]), None)
    if found is None:
        raise B2BProblem(404, "Not Found Error", "Address matching query does not exist.")
    return enveloped(shown(found, call.variant))


def _addresses(call: Call) -> list[Row]:
    """Those of a country or state, by name or code, and with a text in the first or second line."""
    found = call.rows("company_addresses")
    for asked, fields in (
        ("country", ("countryName", "countryCode")),
        ("state", ("stateName", "stateCode")),
    ):
        if text := (call.query.text(asked) or "").lower():
            found = [row for row in found if text in {str(row[name]).lower() for name in fields}]
    if text := (call.query.text("address") or "").lower():
        found = [row for row in found if text in f"{row['addressLine1']}\n{row['addressLine2']}".lower()]
    return found


def _place(kind: str) -> Any:
    """The lookup of a country or state by name or code among the addresses of the store."""

    def respond(call: Call) -> ApiResponse:
        name, code = f"{kind}Name", f"{kind}Code"
        field = code if call.query.text("searchType") == "1" else name
        text = (call.query.text("q") or "").lower()
        for row in call.rows("company_addresses"):
            if str(row[field]).lower() == text:
                return enveloped({code: row[code], name: row[name]})
        raise B2BProblem(404, "Resource not found")

    return respond


ENDPOINTS = (
    Listing(
        "companies",
        "companies",
        periods=_DATES,
        inclusive=True,
        filters={"companyStatus": "companyStatus", "bcGroupId": "bcGroupId"},
        search=("companyName",),
        sorts={"companyName": "companyName", "updatedAt": "updatedAt"},
        order="updatedAt",
        asked={"extraFields": ("isIncludeExtraFields", "1")},
        rows=_companies,
    ).endpoint(),
    Endpoint("companies/{companyId:int}", _company),
    Listing("companies/extra-fields", "company_extra_fields").endpoint(),
    Listing("companies/permissions", "company_permissions", Form.WHOLE, search=("name",)).endpoint(),
    Listing(
        "companies/roles", "company_roles", search=("name",), own=frozenset({"permissions"}), objects=True
    ).endpoint(),
    Endpoint("companies/roles/{roleId:int}", _role),
    Listing(
        "companies/{companyId:int}/attachments",
        "company_attachments",
        Form.WHOLE,
        objects=True,
        rows=_of_company("company_attachments"),
    ).endpoint(),
    Endpoint("companies/{companyId:int}/subsidiaries", _subsidiaries),
    Endpoint("companies/{companyId:int}/hierarchy", _hierarchy, slow=True),
    Endpoint("companies/{companyId:int}/credit", _credit),
    Endpoint("companies/{companyId:int}/payment-terms", _terms),
    Endpoint("companies/{companyId:int}/payments", _payments),
    Listing(
        "company-payment-methods",
        "company_payment_methods",
        filters={"companyId": "companyId"},
        search=("paymentMethodCode", "paymentMethodTitle"),
        sorts={"updatedAt": "updatedAt", "createdAt": "createdAt"},
        order="updatedAt",
        rows=_enabled,
        own=frozenset({"isEnabled"}),
    ).endpoint(),
    Listing(
        "addresses",
        "company_addresses",
        most=249,  # below 250
        periods=_HIDDEN_DATES,
        filters={
            name: name
            for name in (
                "companyId",
                "isBilling",
                "isShipping",
                "firstName",
                "lastName",
                "city",
                "zipCode",
                "phoneNumber",
            )
        }
        | {"externalId[]": "externalId"},
        asked={"extraFields": ("isIncludeExtraFields", "1")},
        rows=_addresses,
        objects=True,
    ).endpoint(),
    Endpoint("addresses/{addressId:int}", _address),
    Listing("addresses/extra-fields", "address_extra_fields", most=249).endpoint(),
    Endpoint("countries", _place("country")),
    Endpoint("states", _place("state")),
)
