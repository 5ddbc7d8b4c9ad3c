-- The days of each channel and currency add up to its orders.
{%- set sums = {
    'order_count': 'case when counts_as_revenue then 1 else 0 end',
    'gross_revenue': 'gross_revenue',
    'refunded_revenue': 'refunded_revenue',
    'net_revenue': 'net_revenue',
    'net_revenue_store_currency': 'net_revenue_store_currency',
} %}
with days as (

    select channel_id, currency_code{% for name in sums %}, sum({{ name }}) as {{ name }}{% endfor %}
    from {{ ref('daily_store') }}
    group by 1, 2

),

orders as (

    select channel_id, currency_code{% for name, value in sums.items() %}, sum({{ value }}) as {{ name }}{% endfor %}
    from {{ ref('orders') }}
    group by 1, 2

)

select orders.channel_id, orders.currency_code
from orders
left join days on days.channel_id = orders.channel_id and days.currency_code = orders.currency_code
where days.channel_id is null
{%- for name in sums %}
    or orders.{{ name }} <> days.{{ name }}
{%- endfor %}
