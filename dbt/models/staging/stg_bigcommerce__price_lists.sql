{{ bigcommerce.stage('price_lists', [
    ('id', 'integer', 'price_list_id'),
    ('name', 'string', 'price_list_name'),
    ('active', 'boolean', 'is_active'),
    ('date_modified', 'timestamp', 'modified_at')
]) }}
