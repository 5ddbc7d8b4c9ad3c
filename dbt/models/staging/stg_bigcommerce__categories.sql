{{ bigcommerce.stage('categories', [
    ('id', 'integer', 'category_id'),
    ('parent_id', 'reference', 'parent_category_id'),
    ('name', 'string', 'category_name'),
    ('is_visible', 'boolean', 'is_visible'),
    ('custom_url.url', 'string', 'category_url')
]) }}
