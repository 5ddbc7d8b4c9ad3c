{#- The select statement of a staging model: the columns of one table that the connector wrote, typed and renamed.

    `columns` are triples: a column of the table, or a path into a JSON column (`billing_address.email`); the type
    (integer, reference, number, rate, boolean, string, timestamp, json); and the name in the model. A `reference` is an
    identifier where BigCommerce writes 0 for none, which becomes null.

    A table or column that is not there, because it was not selected for the sync, reads as empty. Rows that a
    destination marked as deleted are left out. -#}
{% macro stage(table, columns) %}
{%- set relation = source('bigcommerce', table) -%}
{%- set types = bigcommerce.source_types(relation) -%}
select
{%- for path, type, name in columns %}
    {{ bigcommerce.staged_column(types, path, type) }} as {{ name }}{{ ',' if not loop.last }}
{%- endfor %}
{%- if types is none %}
limit 0
{%- else %}
from {{ relation }}
{%- if '_ab_cdc_deleted_at' in types %}
where _ab_cdc_deleted_at is null
{%- endif %}
{%- endif %}
{% endmacro %}

{#- Returns the type of each column of a table by its name in lower case, or none if the table does not exist. Without
    `bigcommerce_introspect` the database is not asked, and every table and column is taken to be there. -#}
{% macro source_types(relation) %}
{%- if not execute -%}{{ return(none) }}{%- endif -%}
{%- if not var('bigcommerce_introspect') -%}{{ return({'_ab_cdc_deleted_at': ''}) }}{%- endif -%}
{%- set found = load_relation(relation) -%}
{%- if found is none -%}{{ return(none) }}{%- endif -%}
{%- set types = {} -%}
{%- for column in adapter.get_columns_in_relation(found) -%}
    {%- do types.update({column.name | lower: column.dtype | lower}) -%}
{%- endfor -%}
{{ return(types) }}
{% endmacro %}

{% macro staged_column(types, path, type) %}
{%- set column = path.split('.')[0] -%}
{%- set keys = path.split('.')[1:] -%}
{%- set is_there = types is not none and (column in types or not var('bigcommerce_introspect')) -%}
{%- if not is_there -%}
    cast(null as {{ bigcommerce.type_of(type) }})
{%- elif type == 'json' -%}
    {{ column }}
{%- elif type == 'timestamp' -%}
    {{ bigcommerce.utc(column, types.get(column, '')) }}
{%- else -%}
    {%- set value = bigcommerce.json_text(column, keys) if keys else column -%}
    {%- set typed = 'cast(' ~ value ~ ' as ' ~ bigcommerce.type_of(type) ~ ')' -%}
    {{ 'nullif(' ~ typed ~ ', 0)' if type == 'reference' else typed }}
{%- endif -%}
{% endmacro %}

{#- Exchange rates have more decimals than amounts. -#}
{% macro type_rate() %}{{ return(adapter.dispatch('type_rate', 'bigcommerce')()) }}{% endmacro %}

{% macro default__type_rate() %}{{ return('numeric(38, 9)') }}{% endmacro %}

{% macro bigquery__type_rate() %}{{ return('numeric') }}{% endmacro %}


{% macro type_of(type) %}
{%- set types = {
    'integer': dbt.type_bigint(),
    'reference': dbt.type_bigint(),
    'number': dbt.type_numeric(),
    'rate': bigcommerce.type_rate(),
    'boolean': dbt.type_boolean(),
    'string': dbt.type_string(),
    'timestamp': bigcommerce.type_utc(),
    'json': bigcommerce.type_json(),
} -%}
{{ return(types[type]) }}
{% endmacro %}
