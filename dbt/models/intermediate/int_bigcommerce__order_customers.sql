-- The customer of each order, by the variable `bigcommerce_guests`.
{% set guests = var('bigcommerce_guests') %}

with registered as (

    select lower(email) as email, min(customer_id) as customer_id
    from {{ ref('stg_bigcommerce__customers') }}
    where email is not null
    group by 1

),

-- Storefronts may have accounts of their own, so that an address has several.
registered_there as (

    select lower(email) as email, origin_channel_id, min(customer_id) as customer_id
    from {{ ref('stg_bigcommerce__customers') }}
    where email is not null
    group by 1, 2

),

orders as (

    select
        orders.order_id,
        orders.customer_id,
        lower(orders.billing_email) as email,
        {% if guests == 'by_email' -%}
        coalesce(orders.customer_id, registered_there.customer_id, registered.customer_id) as account_id
        {%- else -%}
        orders.customer_id as account_id
        {%- endif %}
    from {{ ref('stg_bigcommerce__orders') }} as orders
    left join registered on registered.email = lower(orders.billing_email)
    left join registered_there
        on registered_there.email = lower(orders.billing_email)
        and registered_there.origin_channel_id = orders.channel_id

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
