{{ bigcommerce.stage('b2b_orders', [
    ('id', 'integer', 'order_id'),
    ('company_id', 'reference', 'company_id'),
    ('b2b_id', 'integer', 'b2b_order_id'),
    ('po_number', 'string', 'po_number'),
    ('created_at', 'timestamp', 'created_at'),
    ('updated_at', 'timestamp', 'modified_at')
]) }}
