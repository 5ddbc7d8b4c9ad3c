{{ bigcommerce.stage('order_taxes', [
    ('id', 'integer', 'tax_id'),
    ('order_id', 'integer', 'order_id'),
    ('order_product_id', 'reference', 'order_line_id'),
    ('line_item_type', 'string', 'line_item_type'),
    ('name', 'string', 'tax_name'),
    ('class', 'string', 'tax_class'),
    ('rate', 'number', 'tax_rate'),
    ('priority', 'integer', 'priority'),
    ('priority_amount', 'number', 'tax_amount')
]) }}
