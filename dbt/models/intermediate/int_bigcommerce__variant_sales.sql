-- What was sold of each variant, in orders that count; lines without a variant are counted by their product alone.
{% set window = var('bigcommerce_sales_window_days') %}

with lines as (

    select * from {{ ref('order_lines') }} where counts_as_revenue and product_id is not null

)

select
    lines.product_id,
    lines.variant_id,
    lines.order_id,
    lines.quantity,
    lines.quantity_refunded,
    lines.quantity_net,
    lines.gross_revenue_store_currency,
    lines.net_revenue_store_currency,
    lines.ordered_on,
    case
        when lines.ordered_on > cast({{ dbt.dateadd('day', -window, 'today.day') }} as date)
            and lines.ordered_on <= today.day
            then lines.quantity_net
        else 0
    end as quantity_sold_recently
from lines
cross join {{ ref('int_bigcommerce__sales_day') }} as today
