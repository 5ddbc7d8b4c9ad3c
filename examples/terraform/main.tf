# Airbyte's catalogue does not have this connector, so it is added as a custom one. Airbyte Cloud takes none.
resource "airbyte_source_definition" "bigcommerce" {
  workspace_id      = var.workspace_id
  name              = "BigCommerce"
  docker_repository = var.image
  docker_image_tag  = var.image_tag
}

resource "airbyte_source" "store" {
  for_each = var.stores

  workspace_id  = var.workspace_id
  definition_id = airbyte_source_definition.bigcommerce.id
  name          = "BigCommerce ${each.key}"

  configuration = jsonencode({
    start_date   = each.value.start_date
    store_hash   = each.value.store_hash
    client_id    = var.credentials[each.key].client_id
    access_token = var.credentials[each.key].access_token
  })
}

resource "airbyte_connection" "store" {
  for_each = var.stores

  name           = "BigCommerce ${each.key}"
  source_id      = airbyte_source.store[each.key].source_id
  destination_id = var.destination_id

  # A schema for each store: the variable `bigcommerce_schema` of the dbt package names it.
  namespace_definition = "custom_format"
  namespace_format     = "bigcommerce_${each.key}"

  schedule = {
    schedule_type   = "cron"
    cron_expression = "0 0 * * * ? UTC" # every hour; Airbyte runs one sync of a connection at a time
  }

  non_breaking_schema_updates_behavior = "propagate_columns"

  configurations = {
    streams = concat(
      [for name in local.incremental : { name = name, sync_mode = "incremental_deduped_history" }],
      [for name in local.full_refresh : { name = name, sync_mode = "full_refresh_overwrite" }],
    )
  }
}

# The tables that the marts of the dbt package read.
locals {
  incremental = [
    "orders", "order_products", "order_fees", "order_coupons", "order_refunds",
    "customers", "customer_groups", "products", "product_variants", "channels",
  ]
  full_refresh = ["product_category_assignments", "brands", "coupons", "promotions", "promotion_codes", "inventory_items"]
}
