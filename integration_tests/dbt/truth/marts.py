"""Each mart with the query for its key figures and the function that computes them from the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from integration_tests.dbt.truth import b2b, catalog, customers, discounts, sales
from integration_tests.dbt.truth.values import Figures, StoreWorld


@dataclass(frozen=True)
class Mart:
    """A mart: the columns of its key, those of its key figures, and their truth."""

    key: str
    figures: str
    truth: Callable[[StoreWorld], Figures]


_SOLD = (
    "order_count, quantity_sold, quantity_refunded, quantity_net, gross_revenue_store_currency, "
    "net_revenue_store_currency, last_sold_on"
)

MARTS = {
    "orders": Mart(
        "order_id",
        "order_state, counts_as_revenue, is_archived, customer_key, is_guest, customer_order_number, is_first_order, "
        "channel_name, created_at, ordered_on, line_count, currency_code, display_currency_code, store_currency_code, "
        "total_inc_tax, net_total_inc_tax, fees_inc_tax, refund_count, is_refunded_by_status, "
        "refunded_amount, refunded_tax, "
        "gross_revenue, refunded_revenue, net_revenue, "
        "gross_revenue_store_currency, refunded_revenue_store_currency, net_revenue_store_currency, "
        "gross_revenue_display_currency, refunded_revenue_display_currency, net_revenue_display_currency",
        sales.orders,
    ),
    "order_lines": Mart(
        "order_line_id",
        "order_id, counts_as_revenue, ordered_on, product_id, variant_id, quantity, quantity_refunded, total_inc_tax, "
        "refunded_amount, cost, gross_revenue, refunded_revenue, net_revenue, gross_revenue_store_currency, "
        "net_revenue_store_currency",
        sales.order_lines,
    ),
    "refunds": Mart(
        "refund_id",
        "order_id, is_order_present, counts_as_revenue, currency_code, refunded_on, total_amount, declined_amount, "
        "refunded_amount, refunded_tax, refunded_amount_store_currency, product_quantity, shipping_amount, "
        "handling_amount, wrapping_amount, fee_amount, order_level_amount",
        sales.refunds,
    ),
    "discounts": Mart(
        "discount_kind, discount_id, code, currency_code",
        "discount_name, coupon_type, is_enabled, expires_at, order_count, discount_amount, "
        "discount_amount_store_currency, gross_revenue, net_revenue, net_revenue_store_currency, first_used_on, "
        "last_used_on",
        discounts.discounts,
    ),
    "daily_store": Mart(
        "day, channel_id, currency_code",
        "order_count, first_order_count, incomplete_order_count, cancelled_order_count, declined_order_count, "
        "archived_order_count, items_quantity, gross_revenue, refunded_revenue, net_revenue, "
        "gross_revenue_store_currency, refunded_revenue_store_currency, net_revenue_store_currency, discount_amount, "
        "shipping_inc_tax, total_tax, refunds_issued",
        sales.daily_store,
    ),
    "customers": Mart(
        "customer_key",
        "is_guest, is_present, case when is_present then email end, first_order_id, first_order_on, last_order_on, "
        "cohort_month, order_count, gross_revenue_store_currency, refunded_revenue_store_currency, "
        "net_revenue_store_currency, average_order_value_store_currency",
        customers.customers,
    ),
    "customer_cohorts": Mart(
        "cohort_month, activity_month",
        "months_since_first, cohort_customers, active_customers, retention, order_count, net_revenue_store_currency",
        customers.customer_cohorts,
    ),
    "products": Mart(
        "product_id",
        f"product_name, brand_name, variant_count, category_count, available_to_sell, {_SOLD}",
        catalog.products,
    ),
    "variants": Mart(
        "variant_id",
        f"product_id, product_name, variant_name, price, is_purchasable, available_to_sell, {_SOLD}, "
        "quantity_sold_recently, sold_per_day, days_of_stock",
        catalog.variants,
    ),
    "variant_stock": Mart(
        "product_id, variant_id, location_id",
        "is_location_enabled, available_to_sell, on_hand, safety_stock",
        catalog.variant_stock,
    ),
    "b2b_companies": Mart(
        "company_id",
        "company_name, company_state, user_count, order_count, net_revenue_store_currency, quote_count, "
        "open_invoice_count",
        b2b.b2b_companies,
    ),
    "b2b_quotes": Mart(
        "quote_id",
        "company_id, sales_rep, currency_code, subtotal, grand_total, is_ordered, order_id, ordered_at, "
        "days_to_order, order_net_revenue_store_currency",
        b2b.b2b_quotes,
    ),
    "b2b_invoices": Mart(
        "invoice_id",
        "company_id, company_name, order_id, invoice_state, original_amount, open_amount, paid_amount, due_on, "
        "is_overdue",
        b2b.b2b_invoices,
    ),
}
