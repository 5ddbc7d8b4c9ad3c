"""The names under which this project is published: of its package, its image, and its programs.

`airbyte-source-bigcommerce` on PyPI and `airbyte/source-bigcommerce` on Docker Hub belong to Airbyte, as does the
definition id. They are kept for a merge into Airbyte's catalogue where its tools read them: in `metadata.yaml` and
`acceptance-test-config.yml`. For that merge, the label `io.airbyte.name` in the Dockerfile must be Airbyte's again.
"""

from __future__ import annotations

from source_bigcommerce import __version__

PACKAGE = "bigcommerce-mirror"
"""The package on PyPI, and the image's repository without its registry and owner."""

IMAGE = f"{PACKAGE}:{__version__}"
"""The image that `make image` builds."""
