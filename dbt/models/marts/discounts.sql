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

),

coupon_codes as (

    select lower(code) as code, max(coupon_id) as latest_id
    from {{ ref('stg_bigcommerce__coupons') }}
    group by 1

),

promotion_codes as (

    select lower(code) as code, max(promotion_id) as promotion_id
    from {{ ref('stg_bigcommerce__promotion_codes') }}
    group by 1

),

-- A code is one of a coupon, or of a promotion, which orders list with an identifier that coupons may have as well.
found as (

    select
        used.*,
        coupons.coupon_id,
        coupons.coupon_name,
        coupons.coupon_type,
        coupons.is_enabled,
        coupons.expires_at,
        case
            when used.discount_kind = 'promotion' then used.discount_id
            when coupons.coupon_id is null then {{ bigcommerce.text('promotion_codes.promotion_id') }}
        end as promotion_id
    from used
    left join coupon_codes on coupon_codes.code = lower(used.code)
    left join {{ ref('stg_bigcommerce__coupons') }} as coupons
        on lower(coupons.code) = lower(used.code)
        and {{ bigcommerce.text('coupons.coupon_id') }}
            = coalesce(used.discount_id, {{ bigcommerce.text('coupon_codes.latest_id') }})
    left join promotion_codes on promotion_codes.code = lower(used.code)

)

select
    found.discount_kind || ':' || coalesce(found.discount_id, '') || ':' || coalesce(found.code, '') || ':'
        || found.currency_code as discount_key,
    found.discount_kind,
    found.discount_id,
    found.code,
    coalesce(found.coupon_name, promotions.promotion_name, found.discount_name, found.code) as discount_name,
    found.coupon_type,
    coalesce(found.is_enabled, promotions.status = 'ENABLED') as is_enabled,
    coalesce(found.expires_at, promotions.ends_at) as expires_at,
    found.currency_code,
    found.order_count,
    found.discount_amount,
    found.discount_amount_store_currency,
    found.gross_revenue,
    found.net_revenue,
    found.net_revenue_store_currency,
    found.first_used_on,
    found.last_used_on
from found
left join {{ ref('stg_bigcommerce__promotions') }} as promotions
    on {{ bigcommerce.text('promotions.promotion_id') }} = found.promotion_id
