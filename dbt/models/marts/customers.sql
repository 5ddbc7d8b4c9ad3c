with keys as (

    -- Registered customers, and whoever ordered without being one of them (any more).
    select
        'customer-' || {{ bigcommerce.text('customer_id') }} as customer_key,
        customer_id as account_id
    from {{ ref('stg_bigcommerce__customers') }}
    union distinct
    select customer_key, account_id
    from {{ ref('int_bigcommerce__order_customers') }}
    where customer_key is not null

),

buyers as (

    -- What the latest order says of its buyer.
    select * from (
        select
            customers.customer_key,
            customers.email,
            orders.billing_first_name,
            orders.billing_last_name,
            orders.billing_company,
            row_number() over (
                partition by customers.customer_key order by orders.created_at desc, orders.order_id desc
            ) as place
        from {{ ref('int_bigcommerce__order_customers') }} as customers
        inner join {{ ref('stg_bigcommerce__orders') }} as orders on orders.order_id = customers.order_id
    ) as ranked
    where place = 1

),

purchases as (

    select
        customer_key,
        min(case when is_first_order then order_id end) as first_order_id,
        min(created_at) as first_order_at,
        max(created_at) as last_order_at,
        min(ordered_on) as first_order_on,
        max(ordered_on) as last_order_on,
        count(*) as order_count,
        sum(gross_revenue_store_currency) as gross_revenue_store_currency,
        sum(refunded_revenue_store_currency) as refunded_revenue_store_currency,
        sum(net_revenue_store_currency) as net_revenue_store_currency
    from {{ ref('orders') }}
    where counts_as_revenue
    group by 1

)

select
    keys.customer_key,
    keys.account_id as customer_id,
    keys.account_id is null as is_guest,
    accounts.customer_id is not null as is_present,
    coalesce(lower(accounts.email), buyers.email) as email,
    case when accounts.customer_id is null then buyers.billing_first_name else accounts.first_name end as first_name,
    case when accounts.customer_id is null then buyers.billing_last_name else accounts.last_name end as last_name,
    case when accounts.customer_id is null then buyers.billing_company else accounts.company end as company,
    accounts.customer_group_id,
    customer_groups.customer_group_name,
    accounts.origin_channel_id,
    accounts.registered_at,
    purchases.first_order_id,
    purchases.first_order_at,
    purchases.last_order_at,
    purchases.first_order_on,
    purchases.last_order_on,
    {{ bigcommerce.month_of('purchases.first_order_on') }} as cohort_month,
    coalesce(purchases.order_count, 0) as order_count,
    coalesce(purchases.gross_revenue_store_currency, 0) as gross_revenue_store_currency,
    coalesce(purchases.refunded_revenue_store_currency, 0) as refunded_revenue_store_currency,
    coalesce(purchases.net_revenue_store_currency, 0) as net_revenue_store_currency,
    {{ bigcommerce.amount('purchases.net_revenue_store_currency / purchases.order_count') }}
        as average_order_value_store_currency
    {{- bigcommerce.added_columns('customer') }}
from keys
left join {{ ref('stg_bigcommerce__customers') }} as accounts on accounts.customer_id = keys.account_id
left join {{ ref('stg_bigcommerce__customer_groups') }} as customer_groups
    on customer_groups.customer_group_id = accounts.customer_group_id
left join buyers on buyers.customer_key = keys.customer_key
left join purchases on purchases.customer_key = keys.customer_key
{{- bigcommerce.added_joins('customer', 'keys.account_id') }}
