{{ bigcommerce.stage('company_users', [
    ('id', 'integer', 'company_user_id'),
    ('company_id', 'integer', 'company_id'),
    ('customer_id', 'reference', 'customer_id'),
    ('role', 'integer', 'role_id'),
    ('company_role_name', 'string', 'company_role_name'),
    ('email', 'string', 'email'),
    ('created_at', 'timestamp', 'created_at')
]) }}
