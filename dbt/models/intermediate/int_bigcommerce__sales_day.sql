-- The day to which sales are counted: the last with an order that counts, and no later than the current one.
{% set as_of = var('bigcommerce_as_of') %}

{% if as_of -%}
select cast('{{ as_of }}' as date) as day
{%- else -%}
select max(ordered_on) as day
from {{ ref('orders') }}
where counts_as_revenue and ordered_on <= {{ bigcommerce.current_day() }}
{%- endif %}
