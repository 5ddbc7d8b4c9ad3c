"""The report that the demo ends with: one page with charts of the marts, without a network."""
