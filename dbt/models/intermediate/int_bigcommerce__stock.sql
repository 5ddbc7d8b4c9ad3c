-- One row per variant and location, or per product and location where stock of a product with options is not divided.
-- Rows of products that are gone are left out, unless `products` is not synced: a destination that merges keeps them.
with catalog as (

    select count(*) as product_count from {{ ref('stg_bigcommerce__products') }}

)

select
    -- The API names no variant where the product has only its base variant.
    coalesce(nullif(items.variant_id, 0), products.base_variant_id) as variant_id,
    items.product_id,
    products.product_name,
    items.sku,
    items.location_id,
    items.location_code,
    items.location_name,
    coalesce(items.is_location_enabled, true) as is_location_enabled,
    coalesce(items.available_to_sell, 0) as available_to_sell,
    items.on_hand,
    items.safety_stock,
    items.warning_level,
    items.is_in_stock
from {{ ref('stg_bigcommerce__inventory_items') }} as items
cross join catalog
left join {{ ref('stg_bigcommerce__products') }} as products on products.product_id = items.product_id
where products.product_id is not null or catalog.product_count = 0
