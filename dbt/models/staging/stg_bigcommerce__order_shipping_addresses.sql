{{ bigcommerce.stage('order_shipping_addresses', [
    ('id', 'integer', 'shipping_address_id'),
    ('order_id', 'integer', 'order_id'),
    ('city', 'string', 'city'),
    ('state', 'string', 'state'),
    ('zip', 'string', 'zip'),
    ('country_iso2', 'string', 'country_code'),
    ('shipping_method', 'string', 'shipping_method'),
    ('shipping_zone_id', 'reference', 'shipping_zone_id'),
    ('shipping_zone_name', 'string', 'shipping_zone_name'),
    ('items_total', 'integer', 'items_quantity'),
    ('items_shipped', 'integer', 'items_shipped'),
    ('cost_ex_tax', 'number', 'shipping_ex_tax'),
    ('cost_inc_tax', 'number', 'shipping_inc_tax')
]) }}
