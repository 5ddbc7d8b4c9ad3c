{{ bigcommerce.stage('channels', [
    ('id', 'integer', 'channel_id'),
    ('name', 'string', 'channel_name'),
    ('type', 'string', 'channel_type'),
    ('platform', 'string', 'platform'),
    ('status', 'string', 'status'),
    ('date_created', 'timestamp', 'created_at')
]) }}
