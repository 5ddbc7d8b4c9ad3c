-- Products have all lines of theirs in orders that count, once. Lines of products that were deleted have none.
with lines as (

    select
        coalesce(sum(lines.quantity), 0) as quantity,
        coalesce(sum(lines.net_revenue_store_currency), 0) as net_revenue
    from {{ ref('order_lines') }} as lines
    inner join {{ ref('stg_bigcommerce__products') }} as products on products.product_id = lines.product_id
    where lines.counts_as_revenue

),

products as (

    select coalesce(sum(quantity_sold), 0) as quantity, coalesce(sum(net_revenue_store_currency), 0) as net_revenue
    from {{ ref('products') }}

)

select lines.quantity, products.quantity as of_products
from lines
cross join products
where lines.quantity <> products.quantity or lines.net_revenue <> products.net_revenue
