{%- set window = var('bigcommerce_sales_window_days') -%}
{%- set age = dbt.datediff('begun_on', 'today', 'day') ~ ' + 1' -%}
with stock as (

    select
        variant_id,
        {{ bigcommerce.whole('sum(available_to_sell)') }} as available_to_sell,
        {{ bigcommerce.whole('sum(on_hand)') }} as on_hand,
        count(*) as location_count
    from {{ ref('int_bigcommerce__stock') }}
    where is_location_enabled and variant_id is not null
    group by 1

),

tracked as (

    select distinct variant_id from {{ ref('int_bigcommerce__stock') }} where variant_id is not null

),

sales as (

    select
        variant_id,
        count(distinct order_id) as order_count,
        {{ bigcommerce.whole('sum(quantity)') }} as quantity_sold,
        {{ bigcommerce.whole('sum(quantity_refunded)') }} as quantity_refunded,
        {{ bigcommerce.whole('sum(quantity_net)') }} as quantity_net,
        sum(gross_revenue_store_currency) as gross_revenue_store_currency,
        sum(net_revenue_store_currency) as net_revenue_store_currency,
        {{ bigcommerce.whole('sum(quantity_sold_recently)') }} as quantity_sold_recently,
        min(ordered_on) as first_sold_on,
        max(ordered_on) as last_sold_on
    from {{ ref('int_bigcommerce__variant_sales') }}
    where variant_id is not null
    group by 1

),

option_values as (

    select
        variants.variant_id,
        {{ bigcommerce.json_entry_text('choice', 'label') }} as label,
        cast({{ bigcommerce.json_entry_text('choice', 'option_id') }} as {{ dbt.type_bigint() }}) as option_id
    from {{ ref('stg_bigcommerce__product_variants') }} as variants
    {{ bigcommerce.json_entries('variants.option_values', 'choice') }}

),

names as (

    select variant_id, {{ dbt.listagg('label', "', '", 'order by option_id') }} as variant_name
    from option_values
    group by 1

),

joined as (

    select
        variants.*,
        products.product_name,
        products.inventory_tracking,
        coalesce(variants.price, products.price) as own_price,
        coalesce(variants.cost_price, products.cost_price) as own_cost_price,
        names.variant_name,
        case
            when products.inventory_tracking = 'none' then null
            when tracked.variant_id is not null then coalesce(stock.available_to_sell, 0)
            when products.inventory_tracking = 'variant' then variants.inventory_level
            when products.base_variant_id = variants.variant_id then products.inventory_level
        end as available_to_sell,
        case when tracked.variant_id is not null then coalesce(stock.on_hand, 0) end as on_hand,
        coalesce(stock.location_count, 0) as location_count,
        coalesce(sales.order_count, 0) as order_count,
        coalesce(sales.quantity_sold, 0) as quantity_sold,
        coalesce(sales.quantity_refunded, 0) as quantity_refunded,
        coalesce(sales.quantity_net, 0) as quantity_net,
        coalesce(sales.gross_revenue_store_currency, 0) as gross_revenue_store_currency,
        coalesce(sales.net_revenue_store_currency, 0) as net_revenue_store_currency,
        coalesce(sales.quantity_sold_recently, 0) as quantity_sold_recently,
        sales.last_sold_on,
        sales_day.day as today,
        -- Orders may be older than their product: those of another shop that were imported are.
        case
            when sales.first_sold_on < {{ bigcommerce.local_day('products.created_at') }} then sales.first_sold_on
            else coalesce({{ bigcommerce.local_day('products.created_at') }}, sales.first_sold_on)
        end as begun_on
    from {{ ref('stg_bigcommerce__product_variants') }} as variants
    left join {{ ref('stg_bigcommerce__products') }} as products on products.product_id = variants.product_id
    left join names on names.variant_id = variants.variant_id
    left join tracked on tracked.variant_id = variants.variant_id
    left join stock on stock.variant_id = variants.variant_id
    left join sales on sales.variant_id = variants.variant_id
    cross join {{ ref('int_bigcommerce__sales_day') }} as sales_day

),

paced as (

    -- New products have been on sale for less than the window.
    select
        joined.*,
        case
            when {{ age }} between 1 and {{ window }} then {{ age }}
            else {{ window }}
        end as sales_days
    from joined

)

select
    paced.variant_id,
    product_id,
    product_name,
    variant_name,
    sku,
    own_price as price,
    own_cost_price as cost_price,
    calculated_price,
    not coalesce(is_purchasing_disabled, false) as is_purchasable,
    inventory_tracking,
    available_to_sell,
    on_hand,
    location_count,
    order_count,
    quantity_sold,
    quantity_refunded,
    quantity_net,
    gross_revenue_store_currency,
    net_revenue_store_currency,
    last_sold_on,
    quantity_sold_recently,
    {{ bigcommerce.amount('1.0 * quantity_sold_recently / sales_days') }} as sold_per_day,
    case
        when quantity_sold_recently > 0
            then {{ bigcommerce.amount('1.0 * available_to_sell * sales_days / quantity_sold_recently') }}
    end as days_of_stock
    {{- bigcommerce.added_columns('variant') }}
from paced
{{- bigcommerce.added_joins('variant', 'paced.variant_id') }}
