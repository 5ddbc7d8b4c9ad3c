"""The requests to the sandbox's B2B Edition whose responses are compared with BigCommerce's OpenAPI files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any, NamedTuple

from sandbox.b2b.edition import ENDPOINTS
from sandbox.collections.forms import CHANNELS
from sandbox.server import Server
from source_bigcommerce.api.b2b_edition import PREFIX
from tools.contract.documents import Documents

_ID = re.compile(r"\{(\w+)(?::int)?\}")
# The collections whose keys replace the parameters of paths.
_KINDS = {
    "companyId": "companies",
    "roleId": "company_roles",
    "addressId": "company_addresses",
    "userId": "company_users",
    "superAdminId": "super_admins",
    "salesStaffId": "sales_staff",
    "bcOrderId": "b2b_orders",
    "quoteId": "quotes",
    "shoppingListId": "shopping_lists",
    "invoiceId": "invoices",
    "paymentId": "b2b_payments",
    "receiptId": "receipts",
}
_WITH_ALL = f"limit=200&isIncludeExtraFields=1&showExtra=true&minModified=1&channelIds[]={','.join(map(str, CHANNELS))}"
_OF_EACH = 20  # records whose own endpoint is requested


class Request(NamedTuple):
    """A request, below the API, and the documented path that its response belongs to."""

    file: str
    path: str
    request: str


def requests_to(server: Server, documents: Documents) -> Iterator[Request]:
    """Yields a request for each documented endpoint, or for some of its records."""
    for endpoint in ENDPOINTS:
        operation = documents.operation(f"{PREFIX}{_ID.sub('{id}', endpoint.path)}")
        for path in dict.fromkeys(_paths(server, endpoint.path)):
            yield Request(operation.file, operation.path, path)


def _paths(server: Server, path: str) -> Iterator[str]:
    rows = server.store.collections
    if path == "shopping-list":
        yield from (f"{path}?limit=250&userId={key}" for key in rows["company_users"].keys()[:_OF_EACH])
    elif path in ("countries", "states"):
        country = rows["company_addresses"].row(rows["company_addresses"].keys()[0])
        name = "stateName" if path == "states" else "countryName"
        yield f"{path}?q={country[name]}&country={country['countryName']}"
    elif path.endswith("lines/{lineId:int}"):
        for key in rows["receipt_lines"].keys()[:_OF_EACH]:
            yield f"ip/receipts/{rows['receipt_lines'].row(key)['receiptId']}/lines/{key}"
    elif found := _ID.search(path):
        yield from (_ID.sub(str(id_), path, count=1) + _query(server, path, id_) for id_ in _ids(server, found[1]))
    else:
        yield f"{path}?{_WITH_ALL}"


def _ids(server: Server, parameter: str) -> list[Any]:
    rows = server.store.collections
    if parameter in ("customerId", "channelId"):
        shelf = rows["company_users" if parameter == "customerId" else "b2b_channels"]
        return [shelf.row(key)[parameter] for key in shelf.keys()[:_OF_EACH]]
    return list(rows[_KINDS[parameter]].keys()[:_OF_EACH])


def _query(server: Server, path: str, id_: Any) -> str:
    """The day of a quote, without which its endpoint returns an error."""
    if path != "rfq/{quoteId:int}":
        return ""
    created = datetime.fromtimestamp(int(server.store.collections["quotes"].row(id_)["createdAt"]), timezone.utc)
    return f"?date={created:%m/%d/%Y}"
