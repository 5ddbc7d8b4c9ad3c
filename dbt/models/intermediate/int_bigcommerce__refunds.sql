{%- set is_declined = bigcommerce.json_entry_text('payment', 'is_declined') ~ " = 'true'" -%}
{%- set payment_amount = bigcommerce.amount(bigcommerce.json_entry_text('payment', 'amount')) -%}
{%- set settled_share = '(settled.total_amount - settled.declined_amount) / settled.total_amount' -%}
with payments as (

    select
        refunds.refund_id,
        count(*) as payment_count,
        sum(case when {{ is_declined }} then 1 else 0 end) as declined_count,
        sum(case when {{ is_declined }} then {{ payment_amount }} else 0 end) as declined_amount
    from {{ ref('stg_bigcommerce__order_refunds') }} as refunds
    {{ bigcommerce.json_entries('refunds.payments', 'payment') }}
    group by 1

),

items as (

    select
        refunds.refund_id,
        {{ bigcommerce.json_entry_text('item', 'item_type') }} as item_type,
        cast({{ bigcommerce.json_entry_text('item', 'quantity') }} as {{ dbt.type_bigint() }}) as quantity,
        {{ bigcommerce.amount(bigcommerce.json_entry_text('item', 'requested_amount')) }} as requested_amount
    from {{ ref('stg_bigcommerce__order_refunds') }} as refunds
    {{ bigcommerce.json_entries('refunds.items', 'item') }}

),

item_totals as (

    select
        refund_id,
        {%- for kind in ('shipping', 'handling', 'gift_wrapping', 'fee', 'order') %}
        sum(case when item_type = '{{ kind | upper }}' then requested_amount end) as {{ kind }}_amount,
        {%- endfor %}
        {{ bigcommerce.whole("sum(case when item_type = 'PRODUCT' then quantity end)") }} as product_quantity
    from items
    group by 1

),

settled as (

    select
        refunds.*,
        case
            when payments.payment_count = payments.declined_count then refunds.total_amount
            else coalesce(payments.declined_amount, 0)
        end as declined_amount
    from {{ ref('stg_bigcommerce__order_refunds') }} as refunds
    left join payments on payments.refund_id = refunds.refund_id

)

select
    settled.refund_id,
    settled.order_id,
    settled.created_at,
    {{ bigcommerce.local_day('settled.created_at') }} as refunded_on,
    settled.reason,
    settled.uses_merchant_override_values,
    settled.total_amount,
    settled.total_tax,
    settled.declined_amount,
    settled.declined_amount > 0 and settled.declined_amount >= settled.total_amount as is_declined,
    settled.total_amount - settled.declined_amount as refunded_amount,
    -- Tax is reported for the refund as a whole: a payment that was declined takes its share of it.
    case
        when settled.declined_amount = 0 then settled.total_tax
        when settled.declined_amount >= settled.total_amount then 0
        else {{ bigcommerce.amount('settled.total_tax * ' ~ settled_share) }}
    end as refunded_tax,
    coalesce(item_totals.product_quantity, 0) as product_quantity,
    coalesce(item_totals.shipping_amount, 0) as shipping_amount,
    coalesce(item_totals.handling_amount, 0) as handling_amount,
    coalesce(item_totals.gift_wrapping_amount, 0) as wrapping_amount,
    coalesce(item_totals.fee_amount, 0) as fee_amount,
    coalesce(item_totals.order_amount, 0) as order_level_amount
from settled
left join item_totals on item_totals.refund_id = settled.refund_id
