-- No order was refunded more than its total, which is what the shopper paid, by whatever means.
-- It warns: the store's totals, which staff can override, are not the work of this package.
{{ config(severity='warn') }}
select order_id, total_inc_tax, refunded_amount
from {{ ref('orders') }}
where refunded_amount > total_inc_tax + {{ var('bigcommerce_tolerance') }}
