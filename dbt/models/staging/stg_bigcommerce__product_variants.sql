{{ bigcommerce.stage('product_variants', [
    ('id', 'integer', 'variant_id'),
    ('product_id', 'integer', 'product_id'),
    ('sku', 'string', 'sku'),
    ('price', 'number', 'price'),
    ('cost_price', 'number', 'cost_price'),
    ('calculated_price', 'number', 'calculated_price'),
    ('purchasing_disabled', 'boolean', 'is_purchasing_disabled'),
    ('inventory_level', 'integer', 'inventory_level'),
    ('inventory_warning_level', 'integer', 'inventory_warning_level'),
    ('upc', 'string', 'upc'),
    ('gtin', 'string', 'gtin'),
    ('mpn', 'string', 'mpn'),
    ('option_values', 'json', 'option_values')
]) }}
