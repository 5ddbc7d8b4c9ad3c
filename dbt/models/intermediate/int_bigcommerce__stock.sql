with stock as (

    select
        items.*,
        -- The API names no variant where the product has only its base variant.
        coalesce(nullif(items.variant_id, 0), products.base_variant_id) as stocked_variant_id,
        products.product_name
    from {{ ref('stg_bigcommerce__inventory_items') }} as items
    left join {{ ref('stg_bigcommerce__products') }} as products on products.product_id = items.product_id

)

select
    stocked_variant_id as variant_id,
    product_id,
    product_name,
    sku,
    location_id,
    location_code,
    location_name,
    coalesce(is_location_enabled, true) as is_location_enabled,
    coalesce(available_to_sell, 0) as available_to_sell,
    on_hand,
    safety_stock,
    warning_level,
    is_in_stock
from stock
where stocked_variant_id is not null
