{{ bigcommerce.stage('gift_certificates', [
    ('id', 'integer', 'gift_certificate_id'),
    ('order_id', 'reference', 'order_id'),
    ('customer_id', 'reference', 'customer_id'),
    ('status', 'string', 'status'),
    ('currency_code', 'string', 'currency_code'),
    ('amount', 'number', 'amount'),
    ('balance', 'number', 'balance'),
    ('purchase_date', 'timestamp', 'purchased_at'),
    ('expiry_date', 'timestamp', 'expires_at')
]) }}
