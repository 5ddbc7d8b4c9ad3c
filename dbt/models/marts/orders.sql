{%- set basis = var('bigcommerce_revenue_basis') -%}
{%- set excluded = var('bigcommerce_excluded_status_ids') -%}
{%- set net_revenue = '(gross_revenue - refunded_revenue)' -%}
with refunds as (

    select
        order_id,
        count(*) as refund_count,
        sum(refunded_amount) as refunded_amount,
        sum(refunded_tax) as refunded_tax
    from {{ ref('int_bigcommerce__refunds') }}
    group by 1

),

fees as (

    select order_id, sum(fee_inc_tax) as fees_inc_tax
    from {{ ref('stg_bigcommerce__order_fees') }}
    group by 1

),

lines as (

    select order_id, count(*) as line_count
    from {{ ref('stg_bigcommerce__order_products') }}
    group by 1

),

joined as (

    select
        orders.*,
        coalesce(orders.is_archived, false) as is_deleted,
        customers.customer_key,
        customers.is_guest,
        channels.channel_name as name_of_channel,
        coalesce(orders.store_currency_code, orders.transactional_currency_code) as home_currency_code,
        coalesce(orders.display_currency_code, orders.transactional_currency_code) as shown_currency_code,
        coalesce(lines.line_count, 0) as line_count,
        coalesce(fees.fees_inc_tax, 0) as fees_inc_tax,
        coalesce(refunds.refund_count, 0) as refund_count,
        coalesce(refunds.refunded_amount, 0) as refunded_amount,
        coalesce(refunds.refunded_tax, 0) as refunded_tax
    from {{ ref('stg_bigcommerce__orders') }} as orders
    left join {{ ref('int_bigcommerce__order_customers') }} as customers on customers.order_id = orders.order_id
    left join {{ ref('stg_bigcommerce__channels') }} as channels on channels.channel_id = orders.channel_id
    left join lines on lines.order_id = orders.order_id
    left join fees on fees.order_id = orders.order_id
    left join refunds on refunds.order_id = orders.order_id

),

rated as (

    select
        joined.*,
        case
            when home_currency_code = transactional_currency_code then 1
            else nullif(store_default_to_transactional_exchange_rate, 0)
        end as transactional_rate,
        {{ 'true' if var('bigcommerce_include_archived') else 'not is_deleted' }}
        {%- if excluded %} and status_id not in ({{ excluded | join(', ') }}){% endif %} as counts_as_revenue,
        {% if var('bigcommerce_status_refunded_is_refund') -%}
        coalesce(status_id = 4 and refunded_amount = 0, false) as is_refunded_by_status
        {%- else -%}
        false as is_refunded_by_status
        {%- endif %}
    from joined

),

priced as (

    select
        rated.*,
        case
            when shown_currency_code = transactional_currency_code then transactional_rate
            when shown_currency_code = home_currency_code then 1
            else nullif(currency_exchange_rate, 0)
        end as display_rate,
        case when counts_as_revenue then {{ basis }} else 0 end as gross_revenue,
        case
            when not counts_as_revenue then 0
            when is_refunded_by_status then {{ basis }}
            else refunded_amount{{ ' - refunded_tax' if basis == 'total_ex_tax' }}
        end as refunded_revenue,
        case
            when counts_as_revenue and customer_key is not null
                then row_number() over (partition by customer_key, counts_as_revenue order by created_at, order_id)
        end as customer_order_number
    from rated

)

select
    priced.order_id,
    case
        when is_deleted then 'archived'
        when status_id = 0 then 'incomplete'
        when status_id = 5 then 'cancelled'
        when status_id = 6 then 'declined'
        else 'placed'
    end as order_state,
    status_id,
    status,
    status_id = 0 as is_incomplete,
    status_id = 5 as is_cancelled,
    status_id = 6 as is_declined,
    is_deleted as is_archived,
    counts_as_revenue,
    customer_key,
    customer_id,
    is_guest,
    customer_order_number,
    coalesce(customer_order_number = 1, false) as is_first_order,
    channel_id,
    coalesce(name_of_channel, 'channel ' || {{ bigcommerce.text('channel_id') }}) as channel_name,
    order_source,
    payment_method,
    payment_status,
    billing_country_code,
    created_at,
    {{ bigcommerce.local_day('created_at') }} as ordered_on,
    modified_at,
    shipped_at,
    line_count,
    items_quantity,
    transactional_currency_code as currency_code,
    shown_currency_code as display_currency_code,
    home_currency_code as store_currency_code,
    transactional_rate,
    display_rate,
    subtotal_ex_tax,
    subtotal_inc_tax,
    discount_amount,
    coupon_discount,
    shipping_ex_tax,
    shipping_inc_tax,
    handling_inc_tax,
    wrapping_inc_tax,
    fees_inc_tax,
    total_tax,
    total_ex_tax,
    total_inc_tax,
    store_credit_amount,
    gift_certificate_amount,
    refund_count,
    is_refunded_by_status,
    refunded_amount,
    refunded_tax,
    total_inc_tax - refunded_amount as net_total_inc_tax,
    gross_revenue,
    refunded_revenue,
    {{ net_revenue }} as net_revenue,
    {{ bigcommerce.in_store_currency('gross_revenue', 'priced') }} as gross_revenue_store_currency,
    {{ bigcommerce.in_store_currency('refunded_revenue', 'priced') }} as refunded_revenue_store_currency,
    {{ bigcommerce.in_store_currency(net_revenue, 'priced') }} as net_revenue_store_currency,
    {{ bigcommerce.in_display_currency('gross_revenue', 'priced') }} as gross_revenue_display_currency,
    {{ bigcommerce.in_display_currency('refunded_revenue', 'priced') }} as refunded_revenue_display_currency,
    {{ bigcommerce.in_display_currency(net_revenue, 'priced') }} as net_revenue_display_currency
    {{- bigcommerce.added_columns('order') }}
from priced
{{- bigcommerce.added_joins('order', 'priced.order_id') }}
