"""B2B Edition: companies and what they order, on the second host that BigCommerce has for it.

Made from BigCommerce's docs/b2b-edition/specs/api-v3; the file names in docstrings are those below that folder.
"""
