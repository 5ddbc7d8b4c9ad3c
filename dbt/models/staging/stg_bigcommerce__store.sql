{{ bigcommerce.stage('store', [
    ('id', 'string', 'store_hash'),
    ('name', 'string', 'store_name'),
    ('domain', 'string', 'domain'),
    ('currency', 'string', 'currency_code'),
    ('country_code', 'string', 'country_code'),
    ('timezone.name', 'string', 'time_zone'),
    ('plan_name', 'string', 'plan_name'),
    ('is_price_entered_with_tax', 'boolean', 'is_price_entered_with_tax'),
    ('default_channel_id', 'integer', 'default_channel_id')
]) }}
