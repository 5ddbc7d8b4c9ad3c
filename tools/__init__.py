"""Tools of the project: generated documentation, checks against BigCommerce's OpenAPI files, release snapshots."""
