{{ bigcommerce.stage('abandoned_cart_emails', [
    ('id', 'integer', 'abandoned_cart_email_id'),
    ('channel_id', 'integer', 'channel_id'),
    ('is_active', 'boolean', 'is_active'),
    ('notify_at_minutes', 'integer', 'notify_at_minutes'),
    ('coupon_code', 'string', 'coupon_code'),
    ('sent_num', 'integer', 'sent_count')
]) }}
