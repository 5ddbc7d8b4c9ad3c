{%- set counts = [
    'order_count', 'first_order_count', 'incomplete_order_count', 'cancelled_order_count', 'declined_order_count',
    'archived_order_count', 'items_quantity'
] -%}
{%- set amounts = [
    'gross_revenue', 'refunded_revenue', 'net_revenue',
    'gross_revenue_store_currency', 'refunded_revenue_store_currency', 'net_revenue_store_currency',
    'discount_amount', 'shipping_inc_tax', 'total_tax', 'refunds_issued'
] -%}
with orders as (

    select
        ordered_on as day,
        channel_id,
        currency_code,
        case when counts_as_revenue then 1 else 0 end as order_count,
        case when is_first_order then 1 else 0 end as first_order_count,
        case when order_state = 'incomplete' then 1 else 0 end as incomplete_order_count,
        case when order_state = 'cancelled' then 1 else 0 end as cancelled_order_count,
        case when order_state = 'declined' then 1 else 0 end as declined_order_count,
        case when order_state = 'archived' then 1 else 0 end as archived_order_count,
        case when counts_as_revenue then coalesce(items_quantity, 0) else 0 end as items_quantity,
        gross_revenue,
        refunded_revenue,
        net_revenue,
        gross_revenue_store_currency,
        refunded_revenue_store_currency,
        net_revenue_store_currency,
        case
            when counts_as_revenue then coalesce(discount_amount, 0) + coalesce(coupon_discount, 0)
            else 0
        end as discount_amount,
        case when counts_as_revenue then shipping_inc_tax else 0 end as shipping_inc_tax,
        case when counts_as_revenue then total_tax else 0 end as total_tax,
        0 as refunds_issued
    from {{ ref('orders') }}

),

refunds as (

    select
        refunded_on as day,
        channel_id,
        currency_code,
        {%- for column in (counts + amounts)[:-1] %}
        0 as {{ column }},
        {%- endfor %}
        refunded_amount as refunds_issued
    from {{ ref('refunds') }}
    where counts_as_revenue

),

days as (

    select
        day,
        channel_id,
        currency_code,
        {%- for column in counts %}
        {{ bigcommerce.whole('sum(' ~ column ~ ')') }} as {{ column }},
        {%- endfor %}
        {%- for column in amounts %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select * from orders
        union all
        select * from refunds
    ) as both_kinds
    group by 1, 2, 3

)

select
    {% for part in ('day', 'channel_id', 'currency_code') -%}
    coalesce({{ bigcommerce.text('days.' ~ part) }}, ''){{ " || '-' || " if not loop.last }}
    {%- endfor %} as daily_store_key,
    days.day,
    days.channel_id,
    coalesce(channels.channel_name, 'channel ' || {{ bigcommerce.text('days.channel_id') }}) as channel_name,
    days.currency_code,
    {%- for column in counts + amounts %}
    days.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from days
left join {{ ref('stg_bigcommerce__channels') }} as channels on channels.channel_id = days.channel_id
