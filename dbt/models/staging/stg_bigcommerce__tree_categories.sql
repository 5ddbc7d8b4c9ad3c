{{ bigcommerce.stage('tree_categories', [
    ('category_id', 'integer', 'category_id'),
    ('tree_id', 'integer', 'tree_id'),
    ('parent_id', 'reference', 'parent_category_id'),
    ('name', 'string', 'category_name'),
    ('is_visible', 'boolean', 'is_visible'),
    ('url.path', 'string', 'category_url')
]) }}
