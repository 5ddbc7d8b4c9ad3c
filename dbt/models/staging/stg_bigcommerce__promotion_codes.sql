{{ bigcommerce.stage('promotion_codes', [
    ('id', 'integer', 'promotion_code_id'),
    ('promotion_id', 'integer', 'promotion_id'),
    ('code', 'string', 'code'),
    ('current_uses', 'integer', 'use_count'),
    ('max_uses', 'integer', 'max_uses'),
    ('created', 'timestamp', 'created_at')
]) }}
