{%- set as_of = var('bigcommerce_as_of') -%}
with invoices as (

    select
        invoices.*,
        {{ bigcommerce.local_day('invoices.due_at') }} as due_on
    from {{ ref('stg_bigcommerce__invoices') }} as invoices

)

select
    invoices.invoice_id,
    invoices.invoice_number,
    invoices.company_id,
    coalesce(companies.company_name, invoices.company_name) as company_name,
    nullif({{ bigcommerce.number_in('invoices.order_number') }}, 0) as order_id,
    invoices.channel_id,
    case invoices.status_id
        when 0 then 'open' when 1 then 'partially paid' when 2 then 'completed'
    end as invoice_state,
    invoices.currency_code,
    invoices.original_amount,
    invoices.open_amount,
    invoices.original_amount - invoices.open_amount as paid_amount,
    invoices.created_at,
    invoices.due_at,
    invoices.due_on,
    coalesce(
        invoices.open_amount > 0
        and invoices.due_on < {{ "cast('" ~ as_of ~ "' as date)" if as_of else bigcommerce.current_day() }},
        false
    ) as is_overdue
from invoices
left join {{ ref('stg_bigcommerce__companies') }} as companies on companies.company_id = invoices.company_id
