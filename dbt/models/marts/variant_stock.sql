select
    cast(variant_id as {{ dbt.type_string() }}) || '-' || cast(location_id as {{ dbt.type_string() }}) as variant_stock_key,
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
