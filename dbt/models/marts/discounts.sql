with used as (

    select
        discounts.discount_kind,
        discounts.discount_id,
        discounts.code,
        orders.currency_code,
        max(discounts.discount_name) as discount_name,
        count(*) as order_count,
        sum(discounts.discount_amount) as discount_amount,
        sum({{ bigcommerce.in_store_currency('discounts.discount_amount', 'orders') }})
            as discount_amount_store_currency,
        sum(orders.gross_revenue) as gross_revenue,
        sum(orders.net_revenue) as net_revenue,
        sum(orders.net_revenue_store_currency) as net_revenue_store_currency,
        min(orders.ordered_on) as first_used_on,
        max(orders.ordered_on) as last_used_on
    from {{ ref('int_bigcommerce__order_discounts') }} as discounts
    inner join {{ ref('orders') }} as orders on orders.order_id = discounts.order_id
    where orders.counts_as_revenue
    group by 1, 2, 3, 4

)

select
    used.discount_kind || ':' || coalesce(used.discount_id, '') || ':' || coalesce(used.code, '') || ':'
        || used.currency_code as discount_key,
    used.discount_kind,
    used.discount_id,
    used.code,
    coalesce(coupons.coupon_name, promotions.promotion_name, used.discount_name, used.code) as discount_name,
    coupons.coupon_type,
    coalesce(coupons.is_enabled, promotions.status = 'ENABLED') as is_enabled,
    coalesce(coupons.expires_at, promotions.ends_at) as expires_at,
    used.currency_code,
    used.order_count,
    used.discount_amount,
    used.discount_amount_store_currency,
    used.gross_revenue,
    used.net_revenue,
    used.net_revenue_store_currency,
    used.first_used_on,
    used.last_used_on
from used
left join {{ ref('stg_bigcommerce__coupons') }} as coupons
    on used.discount_kind = 'coupon' and {{ bigcommerce.text('coupons.coupon_id') }} = used.discount_id
left join {{ ref('stg_bigcommerce__promotions') }} as promotions
    on used.discount_kind = 'promotion' and {{ bigcommerce.text('promotions.promotion_id') }} = used.discount_id
