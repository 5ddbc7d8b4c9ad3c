-- The lines of an order add up to its subtotal, on the side of tax that BigCommerce calls exact for the order. Each
-- line may differ by `bigcommerce_tolerance`, as totals are rounded. Skipped if `order_products` is not synced.
-- It warns: the store's totals, which staff can override, are not the work of this package.
{{ config(severity='warn') }}
with lines as (

    select
        order_id,
        count(*) as line_count,
        sum(total_ex_tax) as total_ex_tax,
        sum(total_inc_tax) as total_inc_tax
    from {{ ref('order_lines') }}
    group by 1

),

compared as (

    select
        orders.order_id,
        coalesce(lines.line_count, 0) as line_count,
        case
            when orders.is_tax_inclusive_pricing then orders.subtotal_inc_tax
            else orders.subtotal_ex_tax
        end as subtotal,
        case
            when lines.order_id is null then 0
            when orders.is_tax_inclusive_pricing then lines.total_inc_tax
            else lines.total_ex_tax
        end as sum_of_lines
    from {{ ref('stg_bigcommerce__orders') }} as orders
    left join lines on lines.order_id = orders.order_id
    where exists (select 1 from lines)

)

select *
from compared
where abs(sum_of_lines - subtotal) > {{ var('bigcommerce_tolerance') }} * (line_count + 1)
