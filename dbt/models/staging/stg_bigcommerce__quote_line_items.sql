{{ bigcommerce.stage('quote_line_items', [
    ('quote_id', 'integer', 'quote_id'),
    ('position', 'integer', 'position'),
    ('product_id', 'reference', 'product_id'),
    ('variant_id', 'reference', 'variant_id'),
    ('product_name', 'string', 'product_name'),
    ('sku', 'string', 'sku'),
    ('quantity', 'integer', 'quantity'),
    ('base_price', 'number', 'base_price'),
    ('offered_price', 'number', 'offered_price'),
    ('discount', 'number', 'discount_amount')
]) }}
