{%- set basis = var('bigcommerce_revenue_basis') -%}
{%- set net_revenue = '(gross_revenue - refunded_revenue)' -%}
with lines as (

    select
        lines.*,
        -- A line that the API returned without the discounted total had no discounts.
        coalesce(lines.discounted_total_inc_tax, lines.total_inc_tax) as paid_inc_tax,
        coalesce(lines.quantity_refunded, 0) as reported_refunded,
        case
            when orders.is_refunded_by_status then lines.quantity
            else coalesce(lines.quantity_refunded, 0)
        end as refunded,
        orders.order_state,
        orders.counts_as_revenue,
        orders.is_refunded_by_status,
        orders.ordered_on,
        orders.channel_id,
        orders.customer_key,
        orders.currency_code,
        orders.transactional_rate
    from {{ ref('stg_bigcommerce__order_products') }} as lines
    inner join {{ ref('orders') }} as orders on orders.order_id = lines.order_id

),

paid as (

    select
        lines.*,
        {%- if basis == 'total_inc_tax' %}
        paid_inc_tax as paid
        {%- else %}
        case
            when total_inc_tax = 0 then total_ex_tax
            else {{ bigcommerce.amount('paid_inc_tax * total_ex_tax / total_inc_tax') }}
        end as paid
        {%- endif %}
    from lines

),

with_refunds as (

    select
        paid.*,
        case
            when quantity = 0 then 0
            else {{ bigcommerce.amount('paid_inc_tax * reported_refunded / quantity') }}
        end as refunded_amount,
        case when counts_as_revenue then paid else 0 end as gross_revenue,
        case
            when counts_as_revenue and is_refunded_by_status then paid
            when counts_as_revenue and quantity <> 0 then {{ bigcommerce.amount('paid * refunded / quantity') }}
            else 0
        end as refunded_revenue
    from paid

)

select
    order_line_id,
    order_id,
    order_state,
    counts_as_revenue,
    ordered_on,
    channel_id,
    customer_key,
    product_id,
    variant_id,
    line_type,
    product_name,
    sku,
    brand_name,
    parent_order_line_id,
    quantity,
    coalesce(quantity_shipped, 0) as quantity_shipped,
    refunded as quantity_refunded,
    quantity - refunded as quantity_net,
    currency_code,
    unit_price_ex_tax,
    unit_price_inc_tax,
    total_ex_tax,
    total_inc_tax,
    total_tax,
    paid_inc_tax as discounted_total_inc_tax,
    refunded_amount,
    nullif(unit_cost, 0) * quantity as cost,
    gross_revenue,
    refunded_revenue,
    {{ net_revenue }} as net_revenue,
    {{ bigcommerce.in_store_currency('gross_revenue', 'with_refunds') }} as gross_revenue_store_currency,
    {{ bigcommerce.in_store_currency(net_revenue, 'with_refunds') }} as net_revenue_store_currency
from with_refunds
