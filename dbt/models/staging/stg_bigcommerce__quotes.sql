{{ bigcommerce.stage('quotes', [
    ('id', 'integer', 'quote_id'),
    ('bc_order_id', 'reference', 'order_id'),
    ('channel_id', 'integer', 'channel_id'),
    ('quote_number', 'string', 'quote_number'),
    ('quote_title', 'string', 'quote_title'),
    ('reference_number', 'string', 'reference_number'),
    ('status', 'integer', 'status_code'),
    ('company', 'string', 'company_name'),
    ('sales_rep', 'string', 'sales_rep'),
    ('subtotal', 'number', 'subtotal'),
    ('currency.currency_code', 'string', 'currency_code'),
    ('created_at', 'timestamp', 'created_at'),
    ('expired_at', 'timestamp', 'expires_at'),
    ('updated_at', 'timestamp', 'modified_at')
]) }}
