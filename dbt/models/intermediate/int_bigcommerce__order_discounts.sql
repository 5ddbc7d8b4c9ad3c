-- One row per discount and order. `order_coupons` has the coupons, and promotions that apply without a code. Discounts
-- that line items name are added, unless `order_coupons` has the same code or promotion for the order.
with coupons as (

    select
        order_id,
        case when code is null then 'promotion' else 'coupon' end as discount_kind,
        {{ bigcommerce.text('coupon_id') }} as discount_id,
        code,
        {{ bigcommerce.text('null') }} as discount_name,
        discount_amount
    from {{ ref('stg_bigcommerce__order_coupons') }}

),

applied as (

    select
        lines.order_id,
        {{ bigcommerce.json_entry_text('discount', 'id') }} as applied_id,
        nullif({{ bigcommerce.json_entry_text('discount', 'code') }}, '') as code,
        {{ bigcommerce.json_entry_text('discount', 'name') }} as discount_name,
        {{ bigcommerce.amount(bigcommerce.json_entry_text('discount', 'amount')) }} as discount_amount
    from {{ ref('stg_bigcommerce__order_products') }} as lines
    {{ bigcommerce.json_entries('lines.applied_discounts', 'discount') }}

),

named as (

    select
        order_id,
        case
            when code is not null then 'coupon'
            when applied_id = 'manual-discount' then 'manual'
            else 'promotion'
        end as discount_kind,
        nullif(applied_id, 'total-coupon') as discount_id,
        code,
        discount_name,
        discount_amount
    from applied
    -- Without a code, this is a coupon that `order_coupons` has.
    where code is not null or coalesce(applied_id, '') <> 'total-coupon'

),

listed as (

    select distinct
        order_id,
        discount_kind,
        case when discount_kind = 'coupon' then lower(code) else discount_id end as identifier
    from coupons

),

discounts as (

    select * from coupons
    union all
    select named.*
    from named
    left join listed
        on listed.order_id = named.order_id
        and listed.discount_kind = named.discount_kind
        and listed.identifier
            = case when named.discount_kind = 'coupon' then lower(named.code) else named.discount_id end
    where listed.order_id is null

)

select
    order_id,
    discount_kind,
    discount_id,
    code,
    max(discount_name) as discount_name,
    sum(coalesce(discount_amount, 0)) as discount_amount
from discounts
group by 1, 2, 3, 4
