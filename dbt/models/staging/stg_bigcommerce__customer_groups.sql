{{ bigcommerce.stage('customer_groups', [
    ('id', 'integer', 'customer_group_id'),
    ('name', 'string', 'customer_group_name'),
    ('is_default', 'boolean', 'is_default'),
    ('is_group_for_guests', 'boolean', 'is_group_for_guests')
]) }}
