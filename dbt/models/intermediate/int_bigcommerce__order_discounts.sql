-- One row per discount and order. `order_coupons` has the coupons, and promotions that apply without a code; discounts
-- that line items alone name are added, promotions only for orders where `order_coupons` names none.
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
        {{ bigcommerce.json_entry_text('discount', 'id') }} as discount_id,
        {{ bigcommerce.json_entry_text('discount', 'code') }} as code,
        {{ bigcommerce.json_entry_text('discount', 'name') }} as discount_name,
        {{ bigcommerce.amount(bigcommerce.json_entry_text('discount', 'amount')) }} as discount_amount
    from {{ ref('stg_bigcommerce__order_products') }} as lines
    {{ bigcommerce.json_entries('lines.applied_discounts', 'discount') }}

),

codeless as (

    select
        order_id,
        case when discount_id = 'manual-discount' then 'manual' else 'promotion' end as discount_kind,
        discount_id,
        code,
        discount_name,
        discount_amount
    from applied
    where code is null and discount_id <> 'total-coupon'

),

discounts as (

    select * from coupons
    union all
    select codeless.*
    from codeless
    left join (select distinct order_id from coupons where discount_kind = 'promotion') as known
        on known.order_id = codeless.order_id
    where codeless.discount_kind = 'manual' or known.order_id is null

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
