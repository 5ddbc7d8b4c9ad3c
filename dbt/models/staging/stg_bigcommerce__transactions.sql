{{ bigcommerce.stage('transactions', [
    ('id', 'integer', 'transaction_id'),
    ('order_id', 'integer', 'order_id'),
    ('event', 'string', 'event'),
    ('method', 'string', 'method'),
    ('amount', 'number', 'amount'),
    ('currency', 'string', 'currency_code'),
    ('gateway', 'string', 'gateway'),
    ('status', 'string', 'status'),
    ('test', 'boolean', 'is_test'),
    ('reference_transaction_id', 'reference', 'reference_transaction_id'),
    ('date_created', 'timestamp', 'created_at')
]) }}
