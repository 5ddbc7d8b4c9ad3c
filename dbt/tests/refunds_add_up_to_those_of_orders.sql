-- The refunds of each order that is present are those that its row names.
with refunds as (

    select order_id, count(*) as refund_count, sum(refunded_amount) as refunded_amount
    from {{ ref('refunds') }}
    where is_order_present
    group by 1

)

select orders.order_id, orders.refunded_amount, refunds.refunded_amount as sum_of_refunds
from {{ ref('orders') }} as orders
left join refunds on refunds.order_id = orders.order_id
where orders.refund_count <> coalesce(refunds.refund_count, 0)
    or orders.refunded_amount <> coalesce(refunds.refunded_amount, 0)
