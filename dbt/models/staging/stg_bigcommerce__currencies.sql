{{ bigcommerce.stage('currencies', [
    ('id', 'integer', 'currency_id'),
    ('currency_code', 'string', 'currency_code'),
    ('name', 'string', 'currency_name'),
    ('is_default', 'boolean', 'is_default'),
    ('is_transactional', 'boolean', 'is_transactional'),
    ('enabled', 'boolean', 'is_enabled'),
    ('currency_exchange_rate', 'rate', 'currency_exchange_rate'),
    ('decimal_places', 'integer', 'decimal_places'),
    ('last_updated', 'timestamp', 'modified_at')
]) }}
