with cohorts as (

    select cohort_month, count(*) as cohort_customers
    from {{ ref('customers') }}
    where cohort_month is not null
    group by 1

),

activity as (

    select
        customers.cohort_month,
        {{ bigcommerce.month_of('orders.ordered_on') }} as activity_month,
        count(distinct orders.customer_key) as active_customers,
        count(*) as order_count,
        sum(orders.net_revenue_store_currency) as net_revenue_store_currency
    from {{ ref('orders') }} as orders
    inner join {{ ref('customers') }} as customers on customers.customer_key = orders.customer_key
    where orders.counts_as_revenue
    group by 1, 2

)

select
    activity.cohort_month,
    activity.activity_month,
    {{ bigcommerce.whole(dbt.datediff('activity.cohort_month', 'activity.activity_month', 'month')) }}
        as months_since_first,
    cohorts.cohort_customers,
    activity.active_customers,
    {{ bigcommerce.amount('1.0 * activity.active_customers / cohorts.cohort_customers') }} as retention,
    activity.order_count,
    activity.net_revenue_store_currency
from activity
inner join cohorts on cohorts.cohort_month = activity.cohort_month
