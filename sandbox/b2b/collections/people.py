"""Users of companies, their roles, super admins and sales staff (user/, company/, super_admin/, sales_staff/)."""

from __future__ import annotations

from typing import Any

from sandbox.b2b.collections.parts import channel_list, declared, named
from sandbox.collection import Row, World
from sandbox.collections.forms import unix

_PERMISSIONS = (
    ("address", "get_addresses"), ("address", "get_address_detail"), ("address", "create_address"),
    ("address", "update_address"), ("address", "delete_address"), ("invoice", "get_invoices"),
    ("invoice", "get_invoice_detail"), ("invoice", "pay_invoice"), ("order", "get_orders"),
    ("order", "get_order_detail"), ("quote", "get_quotes"), ("quote", "create_quote"),
    ("quote", "checkout_with_quote"), ("shopping_list", "get_shopping_lists"),
    ("shopping_list", "create_shopping_list"), ("shopping_list", "update_shopping_list"), ("user", "get_users"),
    ("user", "create_user"), ("user", "delete_user"), ("checkout", "purchase_enable"),
)  # fmt: skip


def _permission(n: int, row: Row, world: World) -> Row:
    """Those that are predefined first, then custom ones."""
    module, code = _PERMISSIONS[n - 1] if n <= len(_PERMISSIONS) else ("custom", f"custom_permission_{n}")
    name = code.replace("_", " ").capitalize()
    return {
        "name": name,
        "description": name,
        "code": code,
        "moduleName": module,
        "isCustom": n > len(_PERMISSIONS),
    }


def _person(world: World, phone: str) -> Row:
    """The fields of a customer of the store who is neither a user nor a super admin yet."""
    key = world.own("customers", "B2B people")
    customer = world.record("customers", key)
    return {
        "customerId": key,
        "firstName": customer.get("first_name", "Ada"),
        "lastName": customer.get("last_name", "Abbott"),
        "email": customer.get("email", ""),
        phone: customer.get("phone", ""),
    }


def _user(n: int, row: Row, world: World) -> Row:
    role = named(world, "company_roles", row["companyRoleId"])
    return {**_person(world, "phoneNumber"), "companyRoleName": role, "channelList": channel_list(n, world)}


def _companies(n: int, world: World, every: int) -> list[Any]:
    return [row["companyId"] for row in world.rows("companies")][n % every :: every]


def _super_admin(n: int, row: Row, world: World) -> Row:
    return {
        **_person(world, "phone"),
        "channelList": channel_list(n, world),
        "_companies": _companies(n, world, 4),
    }


def _sales_staff(n: int, row: Row, world: World) -> Row:
    assigned = []
    for key in _companies(n, world, 6):
        company = world.record("companies", key)
        assigned.append(
            {
                "id": key,
                "bcId": str(company["bcGroupId"] or ""),
                "companyName": company["companyName"],
                "bcGroupName": company["bcGroupName"],
                "assignedAt": row["_createdAt"],
            }
        )
    return {"assignedCompanies": assigned}


COLLECTIONS = (
    declared("company_roles", "companies/roles", dates={}, size=6),
    declared("company_permissions", "companies/permissions", _permission, dates={}, size=22),
    declared(
        "company_users",
        "users",
        _user,
        size=50,
        parent="companies",
        parent_field="companyId",
        text="phoneNumber",
    ),
    declared("super_admins", "companies/super-admins", _super_admin, size=8, text="phone"),
    declared(
        "sales_staff",
        "sales-staffs",
        _sales_staff,
        size=8,
        dates={"_createdAt": unix, "_updatedAt": unix},
        text="phoneNumber",
    ),
)
