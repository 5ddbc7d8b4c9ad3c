{#- Returns an expression as an exact number with six decimals, whatever a division or a product made of it. -#}
{% macro amount(expression) %}{{ return("cast(" ~ expression ~ " as " ~ dbt.type_numeric() ~ ")") }}{% endmacro %}

{#- Returns an expression for an amount of an order in the default currency of the store; `orders` is the alias of a
    relation with `transactional_rate`. -#}
{% macro in_store_currency(amount, orders) %}
{{ return(
    "case when " ~ orders ~ ".transactional_rate = 1 then " ~ amount ~ " else "
    ~ bigcommerce.amount(amount ~ " / " ~ orders ~ ".transactional_rate") ~ " end"
) }}
{% endmacro %}

{#- Returns an expression for an amount of an order in the currency that was shown to the shopper. -#}
{% macro in_display_currency(amount, orders) %}
{{ return(
    "case when " ~ orders ~ ".display_rate = " ~ orders ~ ".transactional_rate then " ~ amount ~ " else "
    ~ bigcommerce.amount(amount ~ " / " ~ orders ~ ".transactional_rate * " ~ orders ~ ".display_rate") ~ " end"
) }}
{% endmacro %}

{#- Returns an expression for a number of things, which sums make wider than it is. -#}
{% macro whole(expression) %}{{ return("cast(" ~ expression ~ " as " ~ dbt.type_bigint() ~ ")") }}{% endmacro %}

{#- Returns an expression as text. -#}
{% macro text(expression) %}{{ return("cast(" ~ expression ~ " as " ~ dbt.type_string() ~ ")") }}{% endmacro %}


{#- Returns an expression for the identifier that a text is, null if it is another text. -#}
{% macro number_in(expression) %}{{ return(adapter.dispatch('number_in', 'bigcommerce')(expression)) }}{% endmacro %}

{% macro default__number_in(expression) %}{{ return("try_cast(" ~ expression ~ " as bigint)") }}{% endmacro %}

{% macro bigquery__number_in(expression) %}{{ return("safe_cast(" ~ expression ~ " as int64)") }}{% endmacro %}

{% macro postgres__number_in(expression) %}
{{ return("case when " ~ expression ~ " ~ '^[0-9]{1,18}$' then cast(" ~ expression ~ " as bigint) end") }}
{% endmacro %}
