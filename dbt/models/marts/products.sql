with variants as (

    select product_id, count(*) as variant_count, {{ bigcommerce.whole('sum(available_to_sell)') }} as available_to_sell
    from {{ ref('variants') }}
    group by 1

),

undivided as (

    -- Stock of products with options that is not divided among their variants.
    select
        product_id,
        {{ bigcommerce.whole('sum(case when is_location_enabled then available_to_sell else 0 end)') }}
            as available_to_sell
    from {{ ref('int_bigcommerce__stock') }}
    where variant_id is null
    group by 1

),

categories as (

    select product_id, count(*) as category_count
    from {{ ref('stg_bigcommerce__product_category_assignments') }}
    group by 1

),

sales as (

    select
        product_id,
        count(distinct order_id) as order_count,
        {{ bigcommerce.whole('sum(quantity)') }} as quantity_sold,
        {{ bigcommerce.whole('sum(quantity_refunded)') }} as quantity_refunded,
        {{ bigcommerce.whole('sum(quantity_net)') }} as quantity_net,
        sum(gross_revenue_store_currency) as gross_revenue_store_currency,
        sum(net_revenue_store_currency) as net_revenue_store_currency,
        min(ordered_on) as first_sold_on,
        max(ordered_on) as last_sold_on
    from {{ ref('int_bigcommerce__variant_sales') }}
    group by 1

)

select
    products.product_id,
    products.product_name,
    products.sku,
    products.product_type,
    products.brand_id,
    brands.brand_name,
    products.is_visible,
    products.availability,
    products.price,
    nullif(products.sale_price, 0) as sale_price,
    nullif(products.retail_price, 0) as retail_price,
    nullif(products.cost_price, 0) as cost_price,
    products.calculated_price,
    products.inventory_tracking,
    case
        when products.inventory_tracking = 'none' then null
        else coalesce(undivided.available_to_sell, variants.available_to_sell, products.inventory_level)
    end as available_to_sell,
    coalesce(variants.variant_count, 0) as variant_count,
    coalesce(categories.category_count, 0) as category_count,
    products.reviews_count,
    {{ bigcommerce.amount('products.reviews_rating_sum / nullif(products.reviews_count, 0)') }} as reviews_average,
    products.created_at,
    products.modified_at,
    coalesce(sales.order_count, 0) as order_count,
    coalesce(sales.quantity_sold, 0) as quantity_sold,
    coalesce(sales.quantity_refunded, 0) as quantity_refunded,
    coalesce(sales.quantity_net, 0) as quantity_net,
    coalesce(sales.gross_revenue_store_currency, 0) as gross_revenue_store_currency,
    coalesce(sales.net_revenue_store_currency, 0) as net_revenue_store_currency,
    sales.first_sold_on,
    sales.last_sold_on
    {{- bigcommerce.added_columns('product') }}
from {{ ref('stg_bigcommerce__products') }} as products
left join {{ ref('stg_bigcommerce__brands') }} as brands on brands.brand_id = products.brand_id
left join variants on variants.product_id = products.product_id
left join undivided on undivided.product_id = products.product_id
left join categories on categories.product_id = products.product_id
left join sales on sales.product_id = products.product_id
{{- bigcommerce.added_joins('product', 'products.product_id') }}
