{{ bigcommerce.stage('order_refunds', [
    ('id', 'integer', 'refund_id'),
    ('order_id', 'integer', 'order_id'),
    ('user_id', 'reference', 'user_id'),
    ('created', 'timestamp', 'created_at'),
    ('reason', 'string', 'reason'),
    ('total_amount', 'number', 'total_amount'),
    ('total_tax', 'number', 'total_tax'),
    ('uses_merchant_override_values', 'boolean', 'uses_merchant_override_values'),
    ('items', 'json', 'items'),
    ('payments', 'json', 'payments')
]) }}
