with users as (

    select company_id, count(*) as user_count
    from {{ ref('stg_bigcommerce__company_users') }}
    group by 1

),

purchases as (

    select
        b2b_orders.company_id,
        count(*) as order_count,
        sum(orders.net_revenue_store_currency) as net_revenue_store_currency,
        max(orders.ordered_on) as last_order_on
    from {{ ref('stg_bigcommerce__b2b_orders') }} as b2b_orders
    inner join {{ ref('orders') }} as orders on orders.order_id = b2b_orders.order_id
    where orders.counts_as_revenue
    group by 1

),

quotes as (

    select company_id, count(*) as quote_count
    from {{ ref('b2b_quotes') }}
    group by 1

),

invoices as (

    select company_id, {{ bigcommerce.whole('sum(case when open_amount > 0 then 1 else 0 end)') }} as open_invoice_count
    from {{ ref('b2b_invoices') }}
    group by 1

)

select
    companies.company_id,
    companies.company_name,
    case companies.company_status_id
        when 0 then 'pending' when 1 then 'approved' when 2 then 'rejected' when 3 then 'inactive'
    end as company_state,
    companies.customer_group_id,
    coalesce(users.user_count, 0) as user_count,
    coalesce(purchases.order_count, 0) as order_count,
    coalesce(purchases.net_revenue_store_currency, 0) as net_revenue_store_currency,
    purchases.last_order_on,
    coalesce(quotes.quote_count, 0) as quote_count,
    coalesce(invoices.open_invoice_count, 0) as open_invoice_count,
    companies.created_at
from {{ ref('stg_bigcommerce__companies') }} as companies
left join users on users.company_id = companies.company_id
left join purchases on purchases.company_id = companies.company_id
left join quotes on quotes.company_id = companies.company_id
left join invoices on invoices.company_id = companies.company_id
