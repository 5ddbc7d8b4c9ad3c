{{ bigcommerce.stage('order_coupons', [
    ('id', 'integer', 'redemption_id'),
    ('order_id', 'integer', 'order_id'),
    ('coupon_id', 'reference', 'coupon_id'),
    ('code', 'string', 'code'),
    ('type', 'integer', 'coupon_type_id'),
    ('amount', 'number', 'coupon_amount'),
    ('discount', 'number', 'discount_amount')
]) }}
