{{ bigcommerce.stage('customers', [
    ('id', 'integer', 'customer_id'),
    ('email', 'string', 'email'),
    ('first_name', 'string', 'first_name'),
    ('last_name', 'string', 'last_name'),
    ('company', 'string', 'company'),
    ('customer_group_id', 'reference', 'customer_group_id'),
    ('origin_channel_id', 'reference', 'origin_channel_id'),
    ('date_created', 'timestamp', 'registered_at'),
    ('date_modified', 'timestamp', 'modified_at'),
    ('address_count', 'integer', 'address_count'),
    ('accepts_product_review_abandoned_cart_emails', 'boolean', 'accepts_review_and_cart_emails')
]) }}
