{{ bigcommerce.stage('order_shipments', [
    ('id', 'integer', 'shipment_id'),
    ('order_id', 'integer', 'order_id'),
    ('customer_id', 'reference', 'customer_id'),
    ('order_address_id', 'reference', 'shipping_address_id'),
    ('date_created', 'timestamp', 'created_at'),
    ('shipping_method', 'string', 'shipping_method'),
    ('shipping_provider', 'string', 'shipping_provider'),
    ('tracking_number', 'string', 'tracking_number'),
    ('merchant_shipping_cost', 'number', 'merchant_shipping_cost')
]) }}
