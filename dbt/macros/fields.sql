{#- Metafields and custom fields as columns of a mart.

    `bigcommerce_product_metafields: ["warehouse.shelf"]` adds the column `metafield_warehouse_shelf` to `products`,
    `bigcommerce_product_custom_fields: ["Care"]` adds `custom_field_care`. A mart uses three macros: `added_columns` in
    its select list, `added_joins` in its `from` clause, and `column_name`, which makes the names. -#}

{#- The added columns of a resource (product, variant, order or customer), each after a comma. -#}
{% macro added_columns(resource) %}
{%- for field in var('bigcommerce_' ~ resource ~ '_metafields') %},
    added_metafields.{{ bigcommerce.column_name('metafield_' ~ field) }}
{%- endfor %}
{%- for field in bigcommerce.custom_fields_of(resource) %},
    added_custom_fields.{{ bigcommerce.column_name('custom_field_' ~ field) }}
{%- endfor %}
{% endmacro %}

{#- The joins behind them; `key` is the identifier of the resource in the mart. -#}
{% macro added_joins(resource, key) %}
{%- set metafields = var('bigcommerce_' ~ resource ~ '_metafields') -%}
{%- if metafields %}
left join (
    select
        {{ resource }}_id
        {%- for field in metafields %},
        max(case when namespace = {{ bigcommerce.text_literal(field.split('.', 1)[0]) }}
            and metafield_key = {{ bigcommerce.text_literal(field.split('.', 1)[1]) }} then metafield_value end)
            as {{ bigcommerce.column_name('metafield_' ~ field) }}
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
        {%- for field in custom_fields %},
        max(case when custom_field_name = {{ bigcommerce.text_literal(field) }} then custom_field_value end)
            as {{ bigcommerce.column_name('custom_field_' ~ field) }}
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

{#- Returns a name of a-z, 0-9 and `_`. -#}
{% macro column_name(text) %}
{{ return(modules.re.sub('[^a-z0-9]+', '_', text | lower).strip('_')) }}
{% endmacro %}

{% macro text_literal(text) %}{{ return(dbt.string_literal(dbt.escape_single_quotes(text))) }}{% endmacro %}
