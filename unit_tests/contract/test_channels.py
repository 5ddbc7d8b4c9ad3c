"""Documented parameters that select by channel are declared by streams, or they say why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from source_bigcommerce.streams.catalog import Brands
from source_bigcommerce.streams.content import Pages, Widgets, WidgetTemplates
from source_bigcommerce.streams.settings import CatalogSettings
from source_bigcommerce.streams.stream import Stream
from tools.contract.channels import differences
from tools.contract.documents import Documents
from unit_tests.support import make_stream

DOCUMENT = """
paths:
  /PATH:
    parameters:
      - {in: header, name: channel, schema: {type: string}}
    get:
      parameters:
        - {in: query, name: limit, schema: {type: integer}}
        - $ref: '#/components/parameters/Channel'
      responses: {'200': {}}
components:
  parameters:
    Channel: {in: query, name: 'NAME', schema: {type: TYPE}}
"""


@pytest.mark.parametrize(
    ("stream", "name", "kind", "found"),
    [
        (Pages, "channel_id", "integer", []),
        (Pages, "channel_id", "array", ["pages: channel_id is sent as integer and documented as array"]),
        (Widgets, "channel_id", "integer", ["widgets: channel_id:in is sent as array and documented as None"]),
        (WidgetTemplates, "channel_id:in", "array", []),
        (CatalogSettings, "channel_id", "integer", []),
        (Brands, "name", "string", []),
        (Brands, "channel_id:in", "array", ["brands: channel_id:in could narrow it down to channels"]),
    ],
)
def test_what_is_documented_and_what_is_declared_are_the_same(
    tmp_path: Path, stream: type[Stream], name: str, kind: str, found: list[str]
) -> None:
    """A parameter of the path's or of another kind is none of the query's."""
    path = stream.listing.endpoint.removeprefix("v3/")
    text = DOCUMENT.replace("PATH", path).replace("NAME", name).replace("TYPE", kind)
    (tmp_path / "some.v3.yml").write_text(text)
    assert differences(make_stream(stream), Documents(tmp_path)) == found
