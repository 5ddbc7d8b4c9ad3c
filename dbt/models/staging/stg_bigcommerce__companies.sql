{{ bigcommerce.stage('companies', [
    ('id', 'integer', 'company_id'),
    ('company_name', 'string', 'company_name'),
    ('company_status', 'integer', 'company_status_id'),
    ('bc_group_id', 'reference', 'customer_group_id'),
    ('company_email', 'string', 'company_email'),
    ('created_at', 'timestamp', 'created_at'),
    ('updated_at', 'timestamp', 'modified_at')
]) }}
