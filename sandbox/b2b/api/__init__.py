"""The endpoints of B2B Edition."""
