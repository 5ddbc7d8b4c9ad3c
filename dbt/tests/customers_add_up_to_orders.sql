-- Customers, and cohorts, have all orders that count and have a customer, once.
with orders as (

    select count(*) as order_count, coalesce(sum(net_revenue_store_currency), 0) as net_revenue
    from {{ ref('orders') }}
    where counts_as_revenue and customer_key is not null

),

customers as (

    select coalesce(sum(order_count), 0) as order_count, coalesce(sum(net_revenue_store_currency), 0) as net_revenue
    from {{ ref('customers') }}

),

cohorts as (

    select coalesce(sum(order_count), 0) as order_count, coalesce(sum(net_revenue_store_currency), 0) as net_revenue
    from {{ ref('customer_cohorts') }}

)

select orders.order_count, customers.order_count as of_customers, cohorts.order_count as of_cohorts
from orders
cross join customers
cross join cohorts
where orders.order_count <> customers.order_count
    or orders.order_count <> cohorts.order_count
    or orders.net_revenue <> customers.net_revenue
    or orders.net_revenue <> cohorts.net_revenue
