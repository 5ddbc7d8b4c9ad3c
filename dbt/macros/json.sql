{#- JSON columns, in the type that each destination gives them: JSON in DuckDB and BigQuery, json or jsonb in Postgres,
    VARIANT in Snowflake. -#}

{% macro type_json() %}{{ return(adapter.dispatch('type_json', 'bigcommerce')()) }}{% endmacro %}

{% macro default__type_json() %}{{ return('json') }}{% endmacro %}

{% macro postgres__type_json() %}{{ return('jsonb') }}{% endmacro %}

{% macro snowflake__type_json() %}{{ return('variant') }}{% endmacro %}


{#- Returns an expression for the text of a value inside a JSON column; null where it is missing or null. -#}
{% macro json_text(column, keys) %}
{{ return(adapter.dispatch('json_text', 'bigcommerce')(column, keys)) }}
{% endmacro %}

{% macro default__json_text(column, keys) %}
{{ return("json_extract_string(" ~ column ~ ", '$." ~ keys | join('.') ~ "')") }}
{% endmacro %}

{% macro postgres__json_text(column, keys) %}
{{ return("(cast(" ~ column ~ " as jsonb) #>> '{" ~ keys | join(',') ~ "}')") }}
{% endmacro %}

{% macro bigquery__json_text(column, keys) %}
{{ return("json_value(" ~ column ~ ", '$." ~ keys | join('.') ~ "')") }}
{% endmacro %}

{% macro snowflake__json_text(column, keys) %}
{{ return("cast(get_path(" ~ column ~ ", '" ~ keys | join('.') ~ "') as varchar)") }}
{% endmacro %}


{#- Joins each row to the entries of a JSON list, in a `from` clause. Rows without entries are left out. -#}
{% macro json_entries(column, alias) %}
{{ return(adapter.dispatch('json_entries', 'bigcommerce')(column, alias)) }}
{% endmacro %}

{% macro default__json_entries(column, alias) %}
{{ return("cross join unnest(cast(" ~ column ~ " as json[])) as " ~ alias ~ "(entry)") }}
{% endmacro %}

{% macro postgres__json_entries(column, alias) %}
{%- set list = "cast(" ~ column ~ " as jsonb)" -%}
{{ return(
    "cross join lateral jsonb_array_elements(case when jsonb_typeof(" ~ list ~ ") = 'array' then " ~ list
    ~ " else '[]' end) as " ~ alias ~ "(entry)"
) }}
{% endmacro %}

{% macro bigquery__json_entries(column, alias) %}
{{ return("cross join unnest(json_query_array(" ~ column ~ ")) as " ~ alias) }}
{% endmacro %}

{% macro snowflake__json_entries(column, alias) %}
{{ return("cross join lateral flatten(input => " ~ column ~ ") as " ~ alias) }}
{% endmacro %}


{#- Returns an expression for the text of a value inside an entry of `json_entries`. -#}
{% macro json_entry_text(alias, key) %}
{%- set entry = {'bigquery': alias, 'snowflake': alias ~ '.value'}.get(target.type, alias ~ '.entry') -%}
{{ return(bigcommerce.json_text(entry, [key])) }}
{% endmacro %}
