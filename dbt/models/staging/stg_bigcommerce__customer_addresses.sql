{{ bigcommerce.stage('customer_addresses', [
    ('id', 'integer', 'address_id'),
    ('customer_id', 'integer', 'customer_id'),
    ('city', 'string', 'city'),
    ('state_or_province', 'string', 'state_or_province'),
    ('postal_code', 'string', 'postal_code'),
    ('country_code', 'string', 'country_code'),
    ('address_type', 'string', 'address_type')
]) }}
