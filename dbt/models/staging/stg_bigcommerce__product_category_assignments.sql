{{ bigcommerce.stage('product_category_assignments', [
    ('product_id', 'integer', 'product_id'),
    ('category_id', 'integer', 'category_id')
]) }}
