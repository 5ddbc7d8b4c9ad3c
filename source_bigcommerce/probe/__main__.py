"""`python -m source_bigcommerce.probe` does the same as `bigcommerce-probe`."""

from source_bigcommerce.probe.run import run

run()
