{{ bigcommerce.stage('b2b_payments', [
    ('id', 'integer', 'payment_id'),
    ('customer_id', 'reference', 'company_id'),
    ('processing_status', 'integer', 'processing_status_id'),
    ('applied_status', 'integer', 'applied_status_id'),
    ('total.code', 'string', 'currency_code'),
    ('total.value', 'number', 'amount'),
    ('payer_name', 'string', 'payer_name'),
    ('module_name', 'string', 'module_name'),
    ('created_at', 'timestamp', 'created_at')
]) }}
