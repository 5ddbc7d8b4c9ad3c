-- The customer of each order, by the variable `bigcommerce_guests`.
{% set guests = var('bigcommerce_guests') %}

with registered as (

    select lower(email) as email, min(customer_id) as customer_id
    from {{ ref('stg_bigcommerce__customers') }}
    where email is not null
    group by 1

),

orders as (

    select
        orders.order_id,
        orders.customer_id,
        lower(orders.billing_email) as email,
        coalesce(orders.customer_id{{ ', registered.customer_id' if guests == 'by_email' }}) as account_id
    from {{ ref('stg_bigcommerce__orders') }} as orders
    left join registered on registered.email = lower(orders.billing_email)

)

select
    order_id,
    customer_id is null as is_guest,
    account_id,
    email,
    case
        when account_id is not null then 'customer-' || {{ bigcommerce.text('account_id') }}
        {%- if guests != 'none' %}
        when email is not null then 'guest-' || {{ dbt.hash('email') }}
        else 'guest-order-' || {{ bigcommerce.text('order_id') }}
        {%- endif %}
    end as customer_key
from orders
