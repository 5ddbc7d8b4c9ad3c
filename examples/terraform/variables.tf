variable "airbyte_url" {
  type        = string
  description = "The API of a self-managed Airbyte, such as https://airbyte.example.com/api/public/v1."
}

variable "airbyte_client_id" {
  type        = string
  description = "Client ID of an application of Airbyte (Settings > Applications)."
  sensitive   = true
}

variable "airbyte_client_secret" {
  type        = string
  description = "Client secret of that application."
  sensitive   = true
}

variable "workspace_id" {
  type        = string
  description = "The workspace, from its URL."
}

variable "destination_id" {
  type        = string
  description = "The warehouse: an existing destination of the workspace."
}

variable "image" {
  type        = string
  description = "The connector's image, in a registry that Airbyte can reach."
}

variable "image_tag" {
  type        = string
  description = "The connector's version."
}

variable "stores" {
  type        = map(object({ store_hash = string, start_date = string }))
  description = "The stores by name. A name becomes part of a schema in the warehouse: a-z, 0-9 and _."

  validation {
    condition     = alltrue([for name in keys(var.stores) : can(regex("^[a-z][a-z0-9_]*$", name))])
    error_message = "Name stores with a-z, 0-9 and _ only."
  }
}

variable "credentials" {
  type        = map(object({ client_id = string, access_token = string }))
  description = "The API account of each store. Apart from `stores`, as a sensitive value cannot be a `for_each`."
  sensitive   = true
}
