{#- Metafields and custom fields as columns of a mart.

    `bigcommerce_product_metafields: ["warehouse.shelf"]` adds the column `metafield_warehouse_shelf` to `products`,
    `bigcommerce_product_custom_fields: ["Care"]` adds `custom_field_care`. A product may have several custom fields of
    one name: the column has the last value in alphabetical order. A mart uses `added_columns` in its select list, and
    `added_joins` in its `from` clause; `column_names` makes the names. -#}

{#- The added columns of a resource (product, variant, order or customer), each after a comma. -#}
{% macro added_columns(resource) %}
{%- for column in bigcommerce.column_names('metafield', var('bigcommerce_' ~ resource ~ '_metafields')) %},
    added_metafields.{{ column }}
{%- endfor %}
{%- for column in bigcommerce.column_names('custom_field', bigcommerce.custom_fields_of(resource)) %},
    added_custom_fields.{{ column }}
{%- endfor %}
{% endmacro %}

{#- The joins behind them; `key` is the identifier of the resource in the mart. -#}
{% macro added_joins(resource, key) %}
{%- set metafields = var('bigcommerce_' ~ resource ~ '_metafields') -%}
{%- if metafields %}
left join (
    select
        {{ resource }}_id
        {%- for column in bigcommerce.column_names('metafield', metafields) %}
        {%- set field = metafields[loop.index0] %},
        max(case when namespace = {{ bigcommerce.text_literal(field.split('.', 1)[0]) }}
            and metafield_key = {{ bigcommerce.text_literal(field.split('.', 1)[1]) }} then metafield_value end)
            as {{ column }}
        {%- endfor %}
    from {{ ref('stg_bigcommerce__' ~ resource ~ '_metafields') }}
    group by 1
) as added_metafields on added_metafields.{{ resource }}_id = {{ key }}
{%- endif %}
{%- set custom_fields = bigcommerce.custom_fields_of(resource) -%}
{%- if custom_fields %}
left join (
    select
        product_id
        {%- for column in bigcommerce.column_names('custom_field', custom_fields) %}
        {%- set field = custom_fields[loop.index0] %},
        max(case when custom_field_name = {{ bigcommerce.text_literal(field) }} then custom_field_value end)
            as {{ column }}
        {%- endfor %}
    from {{ ref('stg_bigcommerce__product_custom_fields') }}
    group by 1
) as added_custom_fields on added_custom_fields.product_id = {{ key }}
{%- endif %}
{% endmacro %}

{#- Only products have custom fields. -#}
{% macro custom_fields_of(resource) %}
{{ return(var('bigcommerce_product_custom_fields') if resource == 'product' else []) }}
{% endmacro %}

{#- Returns the name of the column of each field, of a-z, 0-9 and `_`. A field without a name, a name that two fields
    would share, and a metafield without a namespace stop dbt. -#}
{% macro column_names(prefix, fields) %}
{%- set names = [] -%}
{%- for field in fields -%}
    {%- set name = prefix ~ '_' ~ modules.re.sub('[^a-z0-9]+', '_', field | lower).strip('_') -%}
    {%- if prefix == 'metafield' and '.' not in field -%}
        {{ exceptions.raise_compiler_error("The metafield '" ~ field ~ "' must be named as namespace.key") }}
    {%- elif name == prefix ~ '_' -%}
        {{ exceptions.raise_compiler_error("The field '" ~ field ~ "' has no letter from a to z for a column name") }}
    {%- elif name in names -%}
        {{ exceptions.raise_compiler_error("The field '" ~ field ~ "' would be a second column " ~ name) }}
    {%- endif -%}
    {%- do names.append(name) -%}
{%- endfor -%}
{{ return(names) }}
{% endmacro %}

{% macro text_literal(text) %}{{ return(dbt.string_literal(dbt.escape_single_quotes(text))) }}{% endmacro %}
