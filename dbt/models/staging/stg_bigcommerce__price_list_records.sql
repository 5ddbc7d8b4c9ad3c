{{ bigcommerce.stage('price_list_records', [
    ('price_list_id', 'integer', 'price_list_id'),
    ('variant_id', 'integer', 'variant_id'),
    ('currency', 'string', 'currency_code'),
    ('product_id', 'reference', 'product_id'),
    ('sku', 'string', 'sku'),
    ('price', 'number', 'price'),
    ('sale_price', 'number', 'sale_price'),
    ('retail_price', 'number', 'retail_price'),
    ('calculated_price', 'number', 'calculated_price'),
    ('date_modified', 'timestamp', 'modified_at')
]) }}
