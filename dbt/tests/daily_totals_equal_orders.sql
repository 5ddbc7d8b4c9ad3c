-- Each day of a channel and currency has the sums of its orders, and of the refunds that were issued on it; no day is
-- missing, and none has no orders or refunds.
{%- set sums = {
    'order_count': 'case when counts_as_revenue then 1 else 0 end',
    'first_order_count': 'case when is_first_order then 1 else 0 end',
    'gross_revenue': 'gross_revenue',
    'refunded_revenue': 'refunded_revenue',
    'net_revenue': 'net_revenue',
    'net_revenue_store_currency': 'net_revenue_store_currency',
} %}
with differences as (

    select
        day,
        channel_id,
        currency_code,
        1 as day_count,
        0 as record_count
        {%- for name in sums %},
        {{ name }}
        {%- endfor %},
        refunds_issued
    from {{ ref('daily_store') }}
    union all
    select
        ordered_on,
        channel_id,
        currency_code,
        0,
        1
        {%- for value in sums.values() %},
        -({{ value }})
        {%- endfor %},
        0
    from {{ ref('orders') }}
    union all
    select
        refunded_on,
        channel_id,
        currency_code,
        0,
        1
        {%- for name in sums %},
        0
        {%- endfor %},
        -refunded_amount
    from {{ ref('refunds') }}
    where counts_as_revenue

)

select day, channel_id, currency_code
from differences
group by 1, 2, 3
having sum(day_count) <> 1
    or sum(record_count) = 0
{%- for name in sums %}
    or coalesce(sum({{ name }}), 0) <> 0
{%- endfor %}
    or coalesce(sum(refunds_issued), 0) <> 0
