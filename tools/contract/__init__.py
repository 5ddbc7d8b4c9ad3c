"""The connector's schemas and BigCommerce's OpenAPI files, held against each other: `make schemas`, `make contract`."""
