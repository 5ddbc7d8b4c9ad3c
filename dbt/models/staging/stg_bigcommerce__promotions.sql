{{ bigcommerce.stage('promotions', [
    ('id', 'integer', 'promotion_id'),
    ('name', 'string', 'promotion_name'),
    ('display_name', 'string', 'display_name'),
    ('redemption_type', 'string', 'redemption_type'),
    ('status', 'string', 'status'),
    ('current_uses', 'integer', 'use_count'),
    ('max_uses', 'integer', 'max_uses'),
    ('currency_code', 'string', 'currency_code'),
    ('start_date', 'timestamp', 'starts_at'),
    ('end_date', 'timestamp', 'ends_at')
]) }}
