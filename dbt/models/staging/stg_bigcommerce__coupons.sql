{{ bigcommerce.stage('coupons', [
    ('id', 'integer', 'coupon_id'),
    ('name', 'string', 'coupon_name'),
    ('code', 'string', 'code'),
    ('type', 'string', 'coupon_type'),
    ('enabled', 'boolean', 'is_enabled'),
    ('amount', 'number', 'amount'),
    ('min_purchase', 'number', 'min_purchase'),
    ('num_uses', 'integer', 'use_count'),
    ('max_uses', 'integer', 'max_uses'),
    ('date_created', 'timestamp', 'created_at'),
    ('expires', 'timestamp', 'expires_at')
]) }}
