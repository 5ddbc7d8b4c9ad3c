"""Reading of BigCommerce's lists: pages, time slices, parents, filters and state."""
