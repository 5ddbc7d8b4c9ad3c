-- No order was refunded more than its total, which is what the shopper paid, by whatever means.
select order_id, total_inc_tax, refunded_amount
from {{ ref('orders') }}
where refunded_amount > total_inc_tax + {{ var('bigcommerce_tolerance') }}
