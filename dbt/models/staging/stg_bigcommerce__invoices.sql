{{ bigcommerce.stage('invoices', [
    ('id', 'integer', 'invoice_id'),
    ('customer_id', 'reference', 'company_id'),
    ('invoice_number', 'string', 'invoice_number'),
    ('order_number', 'string', 'order_number'),
    ('status', 'integer', 'status_id'),
    ('channel_id', 'integer', 'channel_id'),
    ('customer_name', 'string', 'company_name'),
    ('original_balance.code', 'string', 'currency_code'),
    ('original_balance.value', 'number', 'original_amount'),
    ('open_balance.value', 'number', 'open_amount'),
    ('due_date', 'timestamp', 'due_at'),
    ('created_at', 'timestamp', 'created_at')
]) }}
