{#- Runs before every run, and stops it with a message if the variables cannot be right. -#}
{% macro check_settings() %}
{%- if execute and flags.WHICH in ('run', 'build') -%}
    {%- do bigcommerce.check_choice('bigcommerce_guests', ['by_email', 'separate', 'none']) -%}
    {%- do bigcommerce.check_choice('bigcommerce_revenue_basis', ['total_inc_tax', 'total_ex_tax']) -%}
    {%- if var('bigcommerce_introspect') -%}
        {%- do bigcommerce.check_source_exists() -%}
    {%- endif -%}
    {%- do bigcommerce.check_nothing_is_overwritten() -%}
{%- endif -%}
{% endmacro %}

{% macro check_choice(name, choices) %}
{%- if var(name) not in choices -%}
    {{ exceptions.raise_compiler_error(name ~ " is '" ~ var(name) ~ "'; it must be one of " ~ choices | join(', ')) }}
{%- endif -%}
{% endmacro %}

{#- A wrong schema would otherwise make empty models: a table that is not there reads as empty. -#}
{% macro check_source_exists() %}
{%- set tables = graph.sources.values() | selectattr('package_name', 'equalto', 'bigcommerce') | list -%}
{%- set found = [] -%}
{%- for table in tables -%}
    {%- if adapter.get_relation(table.database, table.schema, table.identifier) -%}
        {%- do found.append(table.name) -%}
    {%- endif -%}
{%- endfor -%}
{%- if not found -%}
    {{ exceptions.raise_compiler_error(
        "There are no tables of BigCommerce in " ~ tables[0].database ~ "." ~ tables[0].schema
        ~ ": set bigcommerce_database, bigcommerce_schema and bigcommerce_table_prefix"
    ) }}
{%- endif -%}
{% endmacro %}

{#- The marts have names of tables that the connector writes, such as `orders`. -#}
{% macro check_nothing_is_overwritten() %}
{%- set written = [] -%}
{%- for table in graph.sources.values() if table.package_name == 'bigcommerce' -%}
    {%- do written.append((table.database, table.schema, table.identifier) | join('.') | lower) -%}
{%- endfor -%}
{%- for model in graph.nodes.values() if model.package_name == 'bigcommerce' and model.resource_type == 'model' -%}
    {%- set name = (model.database, model.schema, model.alias) | join('.') | lower -%}
    {%- if name in written -%}
        {{ exceptions.raise_compiler_error(
            "The model " ~ model.name ~ " would overwrite the table " ~ name
            ~ " that the connector writes: give your profile, or this package, another schema"
        ) }}
    {%- endif -%}
{%- endfor -%}
{% endmacro %}
