"""Corrections of BigCommerce's OpenAPI files.

They contradict themselves, their prose, or what the API is known to send.

The contract check patches the schemas with these before it compares. Each entry names the file, the property
(by its name, wherever it occurs in that file's response), what to put in place, and the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ANYTHING: dict[str, Any] = {}
NULLABLE = "nullable"
OPEN = "open"
OPTIONAL = "optional"
ANY_WORD = "any word"


@dataclass(frozen=True)
class Correction:
    """A patch of one property: a new schema, or one of the words above.

    `NULLABLE` allows null, `OPEN` allows more properties, `OPTIONAL` allows absence, `ANY_WORD` drops the
    enumeration.

    `path` limits it to one path of the file; `prop` is the property, or "" for the whole body.
    """

    file: str
    prop: str
    schema: dict[str, Any] | str
    reason: str
    path: str = ""


ORDERS = "orders.v2.oas2.yml"
PAYMENTS = "orders.v3.yml"
CUSTOMERS = "customers.v3.yml"
PRODUCTS = "catalog/products_catalog.v3.yml"
VARIANTS = "catalog/product-variants_catalog.v3.yml"
COUPONS = "marketing.v2.yml"

B2B_COMPANIES = "b2b-edition/company/company.yaml"
B2B_ORDERS = "b2b-edition/order/order.yaml"
B2B_PAYMENTS = "b2b-edition/invoice_management/payment/payment.yaml"
B2B_RECEIPTS = "b2b-edition/invoice_management/receipt/receipt.yaml"

_MONEY = {"type": ["string", "number"]}
_TEXT = {"type": "string"}
_LIST = {"type": "array", "items": {"type": "object"}}

CORRECTIONS = [
    Correction(ORDERS, "fees", ANYTHING, "the example wraps the list in `fees`", "/orders/{order_id}/fees"),
    Correction(ORDERS, "line_items", OPEN, "a new field, `fulfillment_source`, is sent but not listed"),
    Correction(ORDERS, "[]", OPEN, "order products send `fulfillment_source` too", "/orders/{order_id}/products"),
    Correction(ORDERS, "variant_id", NULLABLE, "custom products have no variant"),
    Correction(ORDERS, "external_id", {"type": ["string", "integer", "null"]}, "integers seen (singer 1.1.2)"),
    Correction(ORDERS, "external_merchant_id", {"type": ["string", "integer", "null"]}, "other types seen"),
    Correction(ORDERS, "form_fields", {"type": ["array", "string"]}, 'arrives as "" when there are none (hotglue)'),
    Correction(ORDERS, "payment_provider_id", {"type": ["string", "number", "null"]}, "null for manual payments"),
    Correction(ORDERS, "cart_id", NULLABLE, "orders made by hand have no cart"),
    Correction(ORDERS, "total_inc_tax", _MONEY, 'the field\'s text says "Float, Float-As-String, Integer"'),
    Correction(ORDERS, "total_ex_tax", _MONEY, 'the field\'s text says "Float, Float-As-String, Integer"'),
    Correction(ORDERS, "type", ANY_WORD, "product options have types outside the list"),
    Correction(ORDERS, "value", {"type": ["string", "number", "array"]}, "`oneOf` with overlapping branches"),
    Correction(ORDERS, "amount", {"type": ["string", "number"]}, "older discounts hold numbers"),
    Correction(ORDERS, "order_product_id", NULLABLE, "null for tax on shipping", "/orders/{order_id}/taxes"),
    Correction(PAYMENTS, "reference_transaction_id", NULLABLE, "the first transaction acts upon no other"),
    Correction(PAYMENTS, "gateway", ANY_WORD, "apps bring gateways of their own"),
    Correction(PAYMENTS, "requested_amount", NULLABLE, "null for products in the example of a created refund"),
    Correction(CUSTOMERS, "channel_ids", NULLABLE, "null when the customer may use every channel"),
    Correction(PRODUCTS, "cost_price", NULLABLE, "null when unset"),
    Correction(PRODUCTS, "fixed_cost_shipping_price", NULLABLE, "null when unset"),
    Correction(PRODUCTS, "base_variant_id", NULLABLE, "null for products with options (field text)"),
    Correction(PRODUCTS, "option_set_id", NULLABLE, "null for products without options"),
    Correction(PRODUCTS, "date_last_imported", NULLABLE, "null when never imported"),
    Correction(PRODUCTS, "custom_url", NULLABLE, "null for products without a page"),
    Correction(PRODUCTS, "primary_image", NULLABLE, "null for products without images"),
    Correction(
        PRODUCTS,
        "data",
        {"type": "array"},
        "the schema shows one rule, the endpoint is a list",
        "/catalog/products/{product_id}/bulk-pricing-rules",
    ),
    *(
        Correction(VARIANTS, name, NULLABLE, "null when inherited from the product (field text)")
        for name in (
            "cost_price", "price", "sale_price", "retail_price", "weight", "width", "height", "depth",
            "fixed_cost_shipping_price", "sku_id",
        )
    ),
    Correction(COUPONS, "restricted_to", {"type": ["object", "array"]}, "`[]` is documented for promotions"),
    Correction(COUPONS, "shipping_methods", NULLABLE, "null for promotions"),
    Correction(COUPONS, "applies_to", OPTIONAL, "absent for promotions though listed as required"),
    Correction(B2B_COMPANIES, "parentCompany", NULLABLE, "companies at the top have none"),
    Correction(B2B_COMPANIES, "catalogId", NULLABLE, "null in stores with independent companies (field text)"),
    Correction(B2B_COMPANIES, "data", _LIST, "the example is a list", "/companies/roles"),
    Correction(B2B_COMPANIES, "permissionLevel", {"type": "integer"}, "the table of codes names a third level"),
    Correction(
        B2B_COMPANIES, "data", _LIST, "a company may have ten files (field text)", "/companies/{companyId}/attachments"
    ),
    Correction("b2b-edition/address/address.yaml", "data", _LIST, "it has pages, and so is a list", "/addresses"),
    Correction("b2b-edition/sales_staff/sales_staff.yaml", "bcGroupName", _TEXT, "empty for a company without group"),
    Correction(B2B_ORDERS, "cartId", {"type": ["string", "null"]}, "a UUID, by its example; none for other orders"),
    Correction(B2B_ORDERS, "companyId", NULLABLE, "orders of buyers without company are included (endpoint's text)"),
    Correction(B2B_ORDERS, "value", {"type": ["integer", "string"]}, "buyers enter text in some options"),
    *(
        Correction(B2B_ORDERS, name, NULLABLE, "for one type of field each (field text)")
        for name in ("numberOfRows", "maximumValue", "maximumLength")
    ),
    Correction(B2B_PAYMENTS, "memo", _TEXT, "empty if nothing was entered"),
    Correction(B2B_PAYMENTS, "rawTransaction", {"type": ["array", "string", "null"]}, "text for a single payment"),
    Correction(B2B_RECEIPTS, "referenceNumber", _TEXT, "empty if there is none"),
    Correction(
        "b2b-edition/invoice_management/config/config.yaml",
        "allowedMethods",
        {"type": "array"},
        "texts, by the example",
    ),
]  # fmt: skip
