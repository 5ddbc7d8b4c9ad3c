{{ bigcommerce.stage('product_metafields', [
    ('id', 'integer', 'metafield_id'),
    ('resource_id', 'integer', 'product_id'),
    ('namespace', 'string', 'namespace'),
    ('key', 'string', 'metafield_key'),
    ('value', 'string', 'metafield_value'),
    ('date_modified', 'timestamp', 'modified_at')
]) }}
