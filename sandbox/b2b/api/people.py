"""Users, super admins and sales staff (user/user.yaml, super_admin/super_admin.yaml, sales_staff/sales_staff.yaml)."""

from __future__ import annotations

from typing import Any

from sandbox.b2b.api.call import Call, Endpoint
from sandbox.b2b.api.listing import Listing
from sandbox.b2b.responses import B2BProblem, enveloped, shown
from sandbox.collection import Row
from sandbox.responses import ApiResponse

_DATES = {"Modified": "updatedAt", "Created": "createdAt"}
_ON_REQUEST = {"extraFields": ("isIncludeExtraFields", "1")}
_NO_RESOURCE = "The ID provided does not match an available resource of the appropriate type."


def _user(field: str, parameter: str) -> Any:
    def respond(call: Call) -> ApiResponse:
        found = next((row for row in call.rows("company_users") if row[field] == call.path[parameter]), None)
        if found is None:
            raise B2BProblem(404, "Not Found Error", "User matching query does not exist.")
        return enveloped(shown(found, call.variant))

    return respond


def _admin_of(call: Call) -> Row:
    found = next((row for row in call.rows("super_admins") if row["id"] == call.path["superAdminId"]), None)
    if found is None:
        raise B2BProblem(404, _NO_RESOURCE)
    return found


def _admin(call: Call) -> ApiResponse:
    return enveloped(shown(_admin_of(call), call.variant))


def _companies_of_admin(call: Call) -> list[Row]:
    keys = _admin_of(call)["_companies"]
    return [row for row in call.rows("companies") if row["companyId"] in keys]


def _admins_of_company(call: Call) -> list[Row]:
    found = next((row for row in call.rows("companies") if row["companyId"] == call.path["companyId"]), None)
    if found is None:
        raise B2BProblem(404, _NO_RESOURCE)
    return [row for row in call.rows("super_admins") if found["companyId"] in row["_companies"]]


def _short(call: Call, row: Row) -> Row:
    return {name: row[name] for name in ("companyId", "companyName", "companyEmail")}


def _with_admins(call: Call, row: Row) -> Row:
    """A company with its primary address, and the number of super admins that are assigned to it."""
    key = row["companyId"]
    address = next((one for one in call.rows("company_addresses") if one["companyId"] == key), {})
    return {
        **_short(call, row),
        "description": row["companyName"],
        "addressLine1": address.get("addressLine1", ""),
        "addressLine2": address.get("addressLine2", ""),
        "city": address.get("city", ""),
        "state": address.get("stateName", ""),
        "country": address.get("countryName", ""),
        "zipCode": address.get("zipCode", ""),
        "catalogId": row["catalogId"],
        "superAdminCount": sum(key in admin["_companies"] for admin in call.rows("super_admins")),
    }


def _staff_in_list(call: Call, row: Row) -> Row:
    kept = {name: row[name] for name in ("id", "email", "salesRepName", "roleName")}
    return {**kept, "companyCount": len(row["assignedCompanies"])}


def _staff(call: Call) -> ApiResponse:
    found = next((row for row in call.rows("sales_staff") if row["id"] == call.path["salesStaffId"]), None)
    if found is None:
        raise B2BProblem(404, "Not Found Error", "Sales staff does not exist.")
    kept = {name: found[name] for name in ("id", "email", "phoneNumber", "assignedCompanies")}
    return enveloped(shown({**kept, "name": found["salesRepName"]}, call.variant))


ENDPOINTS = (
    Listing(
        "users",
        "company_users",
        most=250,
        periods=_DATES,
        filters={
            "companyId": "companyId",
            "roles": "role",
            "email": "email",
            "channelId": "channelList.channelId",
        },
        search=("firstName", "lastName", "email"),
        asked=_ON_REQUEST,
    ).endpoint(),
    Endpoint("users/{userId:int}", _user("id", "userId")),
    Endpoint("users/customer/{customerId:int}", _user("customerId", "customerId")),
    Listing("users/extra-fields", "user_extra_fields", most=250).endpoint(),
    Listing(
        "companies/super-admins",
        "super_admins",
        most=200,
        periods=_DATES,
        partly={"uuid": "uuid"},
        search=("firstName", "lastName", "email"),
        asked=_ON_REQUEST,
        own=frozenset({"customerId"}),
    ).endpoint(),
    Listing(
        "companies/{companyId:int}/super-admins",
        "super_admins",
        most=200,
        search=("firstName", "lastName", "email"),
        asked=_ON_REQUEST,
        own=frozenset({"customerId"}),
        rows=_admins_of_company,
    ).endpoint(),
    Endpoint("super-admins/info/{superAdminId:int}", _admin),
    Listing("super-admins/companies", "companies", most=200, view=_with_admins).endpoint(),
    Listing(
        "super-admins/{superAdminId:int}/companies", "companies", most=200, rows=_companies_of_admin, view=_short
    ).endpoint(),
    Listing(
        "sales-staffs",
        "sales_staff",
        periods={"Modified": "_updatedAt"},
        inclusive=True,
        filters={"companyId": "assignedCompanies.id"},
        sorts={"updated_at": "_updatedAt", "email": "email"},
        order="_updatedAt",
        view=_staff_in_list,
    ).endpoint(),
    Endpoint("sales-staffs/{salesStaffId:int}", _staff),
)
