{{ bigcommerce.stage('customer_metafields', [
    ('id', 'integer', 'metafield_id'),
    ('resource_id', 'integer', 'customer_id'),
    ('namespace', 'string', 'namespace'),
    ('key', 'string', 'metafield_key'),
    ('value', 'string', 'metafield_value'),
    ('date_modified', 'timestamp', 'modified_at')
]) }}
