{{ bigcommerce.stage('quote_details', [
    ('quote_id', 'integer', 'quote_id'),
    ('company_info.company_id', 'reference', 'company_id'),
    ('company_info.company_name', 'string', 'company_name'),
    ('sales_rep_info.sales_rep_email', 'string', 'sales_rep_email'),
    ('discount', 'number', 'discount_amount'),
    ('shipping_total', 'number', 'shipping_total'),
    ('tax_total', 'number', 'tax_total'),
    ('grand_total', 'number', 'grand_total')
]) }}
