-- Each order has its lines, once.
with lines as (

    select order_id, count(*) as line_count
    from {{ ref('order_lines') }}
    group by 1

)

select orders.order_id, orders.line_count, lines.line_count as lines_found
from {{ ref('orders') }} as orders
left join lines on lines.order_id = orders.order_id
where orders.line_count <> coalesce(lines.line_count, 0)
