"""Companies of B2B Edition, their users, addresses, roles and terms of payment.

https://developer.bigcommerce.com/b2b-edition/apis/rest-management/company
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from source_bigcommerce.api.b2b_pagination import ListOrObject, Offset
from source_bigcommerce.api.errors import BadRequest
from source_bigcommerce.api.pagination import Record, SingleObject, SinglePage
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.listing import DateFilter, Listing, Parents, by_fields
from source_bigcommerce.streams.stream import PerParentStream, Stream

B2B_MODIFIED = DateFilter("minModified", "maxModified", field="updated_at", takes_unix_time=True)

COMPANIES = Listing(
    "b2b/companies",
    Scope.B2B_EDITION,
    Offset(key="company_id"),
    # In the order in which they were changed, an edited company moves behind all that were read.
    params={"isIncludeExtraFields": 1, "sortBy": "updatedAt", "orderBy": "ASC"},
    date_filter=B2B_MODIFIED,
    ignores_start_date=True,
    sequence_field="updated_at",
    record_endpoint="b2b/companies/{id}",
)
COMPANY_USERS = Listing(
    "b2b/users",
    Scope.B2B_EDITION,
    Offset(limit=200),
    params={"isIncludeExtraFields": 1},
    date_filter=B2B_MODIFIED,
    ignores_start_date=True,
    record_endpoint="b2b/users/{id}",
)

logger = logging.getLogger("airbyte")


def one_by_one(listing: Listing) -> Listing:
    """Returns a list of B2B Edition for a stream that sends a request for each of its entries."""
    return replace(listing, pages_per_slice=5, slices_by_count=True)


def extra_fields(of: str, limit: int = 100) -> Listing:
    """Returns the list of the extra fields of the records at an endpoint."""
    return Listing(f"b2b/{of}/extra-fields", Scope.B2B_EDITION, Offset(limit))


class Companies(Stream):
    """The companies that buy from the store, with their customer groups, price lists and extra fields."""

    listing = COMPANIES


class CompanyUsers(Stream):
    """The users of companies; each is a customer of the store."""

    listing = COMPANY_USERS


class CompanyAddresses(Stream):
    """The addresses of companies. The API selects them by the date of their last change, but does not return it."""

    listing = Listing(
        "b2b/addresses",
        Scope.B2B_EDITION,
        Offset(limit=200, key="address_id"),
        params={"isIncludeExtraFields": 1},
        date_filter=replace(B2B_MODIFIED, is_returned=False),
        ignores_start_date=True,
        record_endpoint="b2b/addresses/{id}",
    )


class CompanyRoles(Stream):
    """The roles that users of companies may have."""

    listing = Listing("b2b/companies/roles", Scope.B2B_EDITION, Offset())


class CompanyRolePermissions(Stream):
    """The permissions of each role."""

    listing = Listing(
        "b2b/companies/roles/{id}",
        Scope.B2B_EDITION,
        SinglePage(place="permissions"),
        parents=Parents("company_roles", CompanyRoles.listing, "role_id"),
    )
    primary_key = ["role_id", "id"]


class CompanyPermissions(Stream):
    """The permissions that roles can have."""

    listing = Listing("b2b/companies/permissions", Scope.B2B_EDITION, SinglePage())


class CompanySubsidiaries(PerParentStream):
    """The companies directly below each company, with those below them; one request for each company that is new or
    changed."""

    listing = one_by_one(COMPANIES)
    primary_key = ["parent_company_id", "company_id"]
    parent_key = "parent_company_id"
    children = "b2b/companies/{id}/subsidiaries"
    child_pagination = Offset(total_is_of_records=False)


class CompanyHierarchy(PerParentStream):
    """The tree of companies below each company that has no parent; one request for each of these that is new or
    changed.

    The endpoint is limited to 15 requests a minute, so they are sent one after the other: others must not wait.
    """

    listing = one_by_one(COMPANIES)
    primary_key = ["root_company_id", "company_id"]
    parent_key = "root_company_id"
    children = "b2b/companies/{id}/hierarchy"
    child_pagination = Offset(total_is_of_records=False)
    reads_in_parallel = False

    def parents_with_children(self, entries: Sequence[Record]) -> Sequence[Record]:
        return [entry for entry in entries if not _has_parent(entry)]


class CompanyAttachments(PerParentStream):
    """The files of companies; one request for each company that is new or changed."""

    listing = one_by_one(COMPANIES)
    primary_key = ["company_id", "id"]
    parent_key = "company_id"
    children = "b2b/companies/{id}/attachments"
    child_pagination = ListOrObject()


class CompanyCredit(PerParentStream):
    """The credit of companies; one request for each company that is new or changed."""

    listing = one_by_one(COMPANIES)
    primary_key = parent_key = "company_id"
    children = "b2b/companies/{id}/credit"
    child_pagination = SingleObject()

    def read_children(self, endpoint: str, parent: Record) -> Sequence[Record]:
        """Returns the credit of a company; none if the store has no credit, for which a 400 is documented."""
        try:
            return super().read_children(endpoint, parent)
        except BadRequest as refusal:
            if "not enabled" not in refusal.explanation:
                raise
            logger.info(f"Company {parent['id']} has no '{self.name}': {refusal.explanation}")
            return ()


class CompanyPaymentTerms(PerParentStream):
    """The terms of payment of companies; one request for each company that is new or changed."""

    listing = one_by_one(COMPANIES)
    primary_key = parent_key = "company_id"
    children = "b2b/companies/{id}/payment-terms"
    child_pagination = SingleObject()


class CompanyPaymentMethods(Stream):
    """The payment methods that are active for each company."""

    listing = Listing(
        "b2b/company-payment-methods",
        Scope.B2B_EDITION,
        Offset(),
        params={"sortBy": "createdAt", "orderBy": "ASC"},
        identity=by_fields("company_id", "payment_id"),
        sequence_field="created_at",
    )
    primary_key = ["company_id", "payment_id"]


class B2bPaymentMethods(Stream):
    """The payment methods of the store, as B2B Edition knows them."""

    listing = Listing("b2b/payments", Scope.B2B_EDITION, SinglePage())


class CompanyExtraFields(Stream):
    """The extra fields that companies have in this store."""

    listing = extra_fields("companies")


class CompanyUserExtraFields(Stream):
    """The extra fields that users of companies have in this store."""

    listing = extra_fields("users", 200)


class CompanyAddressExtraFields(Stream):
    """The extra fields that addresses of companies have in this store."""

    listing = extra_fields("addresses", 200)


def _has_parent(company: Record) -> bool:
    parent = company.get("parent_company")
    return isinstance(parent, dict) and bool(parent.get("id"))


STREAMS = (
    Companies,
    CompanyUsers,
    CompanyAddresses,
    CompanyRoles,
    CompanyRolePermissions,
    CompanyPermissions,
    CompanySubsidiaries,
    CompanyHierarchy,
    CompanyAttachments,
    CompanyCredit,
    CompanyPaymentTerms,
    CompanyPaymentMethods,
    B2bPaymentMethods,
    CompanyExtraFields,
    CompanyUserExtraFields,
    CompanyAddressExtraFields,
)
