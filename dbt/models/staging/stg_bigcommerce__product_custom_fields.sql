{{ bigcommerce.stage('product_custom_fields', [
    ('id', 'integer', 'custom_field_id'),
    ('product_id', 'integer', 'product_id'),
    ('name', 'string', 'custom_field_name'),
    ('value', 'string', 'custom_field_value')
]) }}
