{#- Times are in UTC without a time zone, except in BigQuery, whose TIMESTAMP is always UTC. -#}

{% macro type_utc() %}{{ return(adapter.dispatch('type_utc', 'bigcommerce')()) }}{% endmacro %}

{% macro default__type_utc() %}{{ return('timestamp') }}{% endmacro %}

{% macro snowflake__type_utc() %}{{ return('timestamp_ntz') }}{% endmacro %}


{#- Returns an expression for a time of a source table in UTC; `type` is that of its column, in lower case. -#}
{% macro utc(column, type) %}{{ return(adapter.dispatch('utc', 'bigcommerce')(column, type)) }}{% endmacro %}

{% macro default__utc(column, type) %}
{%- if 'with time zone' in type or 'timestamptz' in type -%}
    {{ return("(" ~ column ~ " at time zone 'UTC')") }}
{%- elif 'char' in type or 'text' in type -%}
    {{ return("(cast(" ~ column ~ " as timestamp with time zone) at time zone 'UTC')") }}
{%- endif -%}
{{ return("cast(" ~ column ~ " as timestamp)") }}
{% endmacro %}

{% macro bigquery__utc(column, type) %}{{ return("cast(" ~ column ~ " as timestamp)") }}{% endmacro %}

{% macro snowflake__utc(column, type) %}
{%- if 'ntz' in type -%}{{ return(column) }}{%- endif -%}
{{ return("convert_timezone('UTC', cast(" ~ column ~ " as timestamp_tz))::timestamp_ntz") }}
{% endmacro %}


{#- Returns an expression for the day of a time in the time zone `bigcommerce_timezone`. -#}
{% macro local_day(time) %}{{ return(adapter.dispatch('local_day', 'bigcommerce')(time)) }}{% endmacro %}

{% macro default__local_day(time) %}
{{ return("cast(((" ~ time ~ " at time zone 'UTC') at time zone '" ~ var('bigcommerce_timezone') ~ "') as date)") }}
{% endmacro %}

{% macro bigquery__local_day(time) %}
{{ return("date(" ~ time ~ ", '" ~ var('bigcommerce_timezone') ~ "')") }}
{% endmacro %}

{% macro snowflake__local_day(time) %}
{{ return("cast(convert_timezone('UTC', '" ~ var('bigcommerce_timezone') ~ "', " ~ time ~ ") as date)") }}
{% endmacro %}


{#- Returns an expression for the first day of the month of a day. -#}
{% macro month_of(day) %}{{ return("cast(" ~ dbt.date_trunc('month', day) ~ " as date)") }}{% endmacro %}


{#- Returns an expression for the current time in UTC. -#}
{% macro utc_now() %}{{ return(adapter.dispatch('utc_now', 'bigcommerce')()) }}{% endmacro %}

{% macro default__utc_now() %}{{ return("(now() at time zone 'UTC')") }}{% endmacro %}

{% macro bigquery__utc_now() %}{{ return("current_timestamp()") }}{% endmacro %}

{% macro snowflake__utc_now() %}
{{ return("convert_timezone('UTC', current_timestamp())::timestamp_ntz") }}
{% endmacro %}


{#- Returns an expression for the current day in the time zone `bigcommerce_timezone`. -#}
{% macro current_day() %}{{ return(bigcommerce.local_day(bigcommerce.utc_now())) }}{% endmacro %}
