select
    quotes.quote_id,
    quotes.quote_number,
    quotes.quote_title,
    details.company_id,
    coalesce(details.company_name, quotes.company_name) as company_name,
    quotes.sales_rep,
    quotes.status_code,
    quotes.channel_id,
    quotes.currency_code,
    quotes.subtotal,
    details.discount_amount,
    details.grand_total,
    quotes.created_at,
    quotes.expires_at,
    quotes.order_id is not null as is_ordered,
    quotes.order_id,
    orders.created_at as ordered_at,
    {{ bigcommerce.whole(dbt.datediff(bigcommerce.local_day('quotes.created_at'), 'orders.ordered_on', 'day')) }} as days_to_order,
    coalesce(orders.net_revenue_store_currency, 0) as order_net_revenue_store_currency
from {{ ref('stg_bigcommerce__quotes') }} as quotes
left join {{ ref('stg_bigcommerce__quote_details') }} as details on details.quote_id = quotes.quote_id
left join {{ ref('orders') }} as orders on orders.order_id = quotes.order_id
