{#- Fails for each combination of values that occurs more than once. -#}
{% test bigcommerce_unique_together(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
