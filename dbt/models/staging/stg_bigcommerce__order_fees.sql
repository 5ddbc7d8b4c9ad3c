{{ bigcommerce.stage('order_fees', [
    ('id', 'integer', 'fee_id'),
    ('order_id', 'integer', 'order_id'),
    ('type', 'string', 'fee_type'),
    ('display_name_customer', 'string', 'fee_name'),
    ('cost_ex_tax', 'number', 'fee_ex_tax'),
    ('cost_inc_tax', 'number', 'fee_inc_tax'),
    ('cost_tax', 'number', 'fee_tax')
]) }}
