"""The documented endpoints that no stream reads, with reasons, for docs/bigcommerce.md and `make contract`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from source_bigcommerce.streams.stream import PerParentStream, Stream
from tools.contract.documents import Documents
from tools.contract.sources import source_of


@dataclass(frozen=True)
class LeftOut:
    """Endpoints, in the words of the documents' table and as patterns of their addresses, where `*` is any key."""

    what: str
    reason: str
    patterns: tuple[str, ...]


LEFT_OUT = (
    LeftOut(
        "abandoned carts, carts, checkouts",
        "one at a time by a token, no list; abandoned orders are `orders` with `status_id` 0",
        ("v3/abandoned-carts/*", "v3/carts/*", "v3/checkouts/*"),
    ),
    LeftOut(
        "`/v2/customers`, `/v2/pages`, `/v2/redirects`",
        "deprecated; the newer endpoint is read",
        ("v2/customers", "v2/customers/*", "v2/pages", "v2/pages/*", "v2/redirects", "v2/redirects/*"),
    ),
    LeftOut("counts, `/v2/time`", "numbers, not records", ("*/count", "v2/time")),
    LeftOut(
        "`/v2/countries/{id}/states`, metafields of one resource, `/v3/orders/{id}/payment_actions/refunds`, "
        "`/v3/channels/{id}/currency-assignments`, `/v3/channels/{id}/site`, `/v3/sites/{id}/certificate`, "
        "`/v2/orders/{id}/consignments/shipping/{id}/shipping_quotes`",
        "the lists of all of them are read instead",
        (
            "v2/countries/*/states",
            "v2/countries/*/states/*",
            "v3/*/metafields",
            "v3/*/metafields/*",
            "v3/orders/*/payment_actions/refunds",
            "v3/channels/*/currency-assignments",
            "v3/channels/*/site",
            "v3/sites/*/certificate",
            "v2/orders/*/consignments/shipping/*/shipping_quotes",
            "v3/pricelists/*/records/*/*",
        ),
    ),
    LeftOut(
        "`/v3/promotions/codes`",
        "the codes that a search finds; `promotion_codes` are all codes of each promotion",
        ("v3/promotions/codes",),
    ),
    LeftOut(
        "`/v3/segments/{id}/shopper-profiles`",
        "documented to need a scope that may write; `shopper_profile_segments` contains the same",
        ("v3/segments/*/shopper-profiles",),
    ),
    LeftOut(
        "`/v3/catalog/trees/{id}/categories`",
        "the same categories as `tree_categories`, nested",
        ("v3/catalog/trees/*/categories",),
    ),
    LeftOut(
        "`/v3/themes/{uuid}/configurations`",
        "returns records only for a filter by configuration, variation or channel; the active one of each channel is "
        "in `channel_active_themes`",
        ("v3/themes/*/configurations",),
    ),
    LeftOut(
        "`/v3/themes/custom-templates/{uuid}`, `/v3/content/regions`, `/v3/content/page-widgets`",
        "only for one version of a theme, or a template file or page that must be named",
        ("v3/themes/custom-templates/*", "v3/content/regions", "v3/content/page-widgets"),
    ),
    LeftOut(
        "`/v3/themes/jobs/{id}`, jobs of importing and exporting redirects",
        "the progress of a job, not data of the store",
        ("v3/themes/jobs/*", "v3/storefront/redirects/imex/*"),
    ),
    LeftOut(
        "`/v3/settings/search/filters/available`, `/v3/marketing/abandoned-cart-emails/default`",
        "possible choices, not data of the store",
        ("v3/settings/search/filters/available", "v3/marketing/abandoned-cart-emails/default"),
    ),
    LeftOut(
        "`/v3/tax/providers/{id}/connection`",
        "one provider at a time, by an id that no list contains",
        ("v3/tax/providers/*/connection",),
    ),
    LeftOut(
        "`/v3/hooks/admin`",
        "the recipients of notifications when `webhooks` of this API account fail",
        ("v3/hooks/admin",),
    ),
    LeftOut("`/v3/payments/methods`", "only for an order or a checkout", ("v3/payments/methods",)),
    LeftOut(
        "B2B Edition: `/auth/storefront`, `/backend/tokens`, `/ip/config`",
        "return credentials: tokens, keys and passwords of payment gateways",
        ("b2b/auth/storefront", "b2b/backend/tokens", "b2b/ip/config"),
    ),
    LeftOut(
        "B2B Edition: `/companies/{id}/payments`, `/companies/{id}/super-admins`, `/super-admins/companies`, "
        "`/users/customer/{id}`, `/ip/receipts/{id}/lines`, `/ip/payments/{id}/operations`",
        "the lists of all of them are read instead, or contain the same fields",
        (
            "b2b/companies/*/payments",
            "b2b/companies/*/super-admins",
            "b2b/super-admins/companies",
            "b2b/super-admins/info/*",
            "b2b/users/customer/*",
            "b2b/ip/receipts/*/lines",
            "b2b/ip/receipts/*/lines/*",
            "b2b/ip/payments/*/operations",
        ),
    ),
    LeftOut(
        "B2B Edition: `/rfq/{id}/shipping-rates`, `/rfq/custom/shipping-methods`, `/ip/invoices/{id}/download-pdf`",
        "computed for one quote, names without further data, and a link to a file",
        ("b2b/rfq/*/shipping-rates", "b2b/rfq/custom/shipping-methods", "b2b/ip/invoices/*/download-pdf"),
    ),
    LeftOut(
        "B2B Edition: `/countries`, `/states`",
        "look up one name; `countries` and `states` are lists of them",
        ("b2b/countries", "b2b/states"),
    ),
)


def differences(documents: Documents, streams: Iterable[Stream]) -> Iterator[str]:
    """Yields documented endpoints that are neither read nor named here, and those named here but not documented."""
    read = {endpoint for stream in streams for endpoint in _read_by(stream)}
    patterns = {pattern: False for one in LEFT_OUT for pattern in one.patterns}
    for endpoint in documents.endpoints():
        if documents.is_one_of(endpoint, read):
            continue
        named = [pattern for pattern in patterns if fnmatchcase(endpoint, pattern)]
        patterns.update(dict.fromkeys(named, True))
        if not named:
            yield f"{endpoint} is documented and not read: declare a stream, or add it to tools/contract/left_out.py"
    for pattern, found in patterns.items():
        if not found:
            yield f"{pattern} is read by a stream or no longer documented: remove it from tools/contract/left_out.py"


def _read_by(stream: Stream) -> Iterator[str]:
    yield stream.listing.endpoint
    yield from source_of(stream).endpoints
    yield from (embedded.endpoint for embedded in stream.listing.embedded)
    if isinstance(stream, PerParentStream):
        yield stream.children
