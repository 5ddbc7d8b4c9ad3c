{{ bigcommerce.stage('inventory_locations', [
    ('id', 'integer', 'location_id'),
    ('code', 'string', 'location_code'),
    ('label', 'string', 'location_name'),
    ('type_id', 'string', 'location_type'),
    ('enabled', 'boolean', 'is_enabled'),
    ('time_zone', 'string', 'time_zone')
]) }}
