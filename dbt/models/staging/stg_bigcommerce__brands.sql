{{ bigcommerce.stage('brands', [
    ('id', 'integer', 'brand_id'),
    ('name', 'string', 'brand_name')
]) }}
