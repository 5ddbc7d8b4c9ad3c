select
    coalesce({{ bigcommerce.text('variant_id') }}, 'product-' || {{ bigcommerce.text('product_id') }}) || '-' || {{ bigcommerce.text('location_id') }} as variant_stock_key,
    variant_id,
    product_id,
    product_name,
    sku,
    location_id,
    location_code,
    location_name,
    is_location_enabled,
    available_to_sell,
    on_hand,
    safety_stock,
    warning_level,
    is_in_stock
from {{ ref('int_bigcommerce__stock') }}
