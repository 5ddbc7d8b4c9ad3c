{{ bigcommerce.stage('inventory_items', [
    ('product_id', 'integer', 'product_id'),
    ('variant_id', 'integer', 'variant_id'),
    ('location_id', 'integer', 'location_id'),
    ('sku', 'string', 'sku'),
    ('location_code', 'string', 'location_code'),
    ('location_name', 'string', 'location_name'),
    ('location_enabled', 'boolean', 'is_location_enabled'),
    ('available_to_sell', 'integer', 'available_to_sell'),
    ('total_inventory_onhand', 'integer', 'on_hand'),
    ('settings.safety_stock', 'integer', 'safety_stock'),
    ('settings.is_in_stock', 'boolean', 'is_in_stock'),
    ('settings.warning_level', 'integer', 'warning_level')
]) }}
