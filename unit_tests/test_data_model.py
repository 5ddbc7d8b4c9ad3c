"""The data model in docs/: relations, DBML, and the picture of the core tables."""

from __future__ import annotations

from xml.etree import ElementTree

from pydbml import PyDBML

from tools.docs import dbml, diagram
from tools.docs import relations as declared
from tools.docs.relations import AT_MOST_ONE, B2B_EDITION, CORE, key_of, relations
from tools.streams import streams

TABLES = {stream.name: stream.get_json_schema()["properties"] for stream in streams()}


def test_every_relation_leads_to_a_key() -> None:
    """A relation to a column that no table has, or that is not unique, cannot be joined."""
    keys = {stream.name: key_of(stream) for stream in streams()}
    for name, one in relations().items():
        is_key = keys[one.target] == (one.target_column,) or (one.target, one.target_column) == ("b2b_orders", "b2b_id")
        assert is_key, name
        assert one.column in TABLES[one.table]


def test_no_declaration_of_a_relation_is_left_over() -> None:
    """A column that was renamed would lose its relation in silence."""
    columns = {f"{table}.{column}" for table, fields in TABLES.items() for column in fields}
    assert {*declared._EXCEPTIONS, *AT_MOST_ONE} <= columns
    assert set(declared._TARGETS) <= {name.partition(".")[2] for name in columns}
    assert {*CORE, *B2B_EDITION} <= set(relations())


def test_the_dbml_is_current() -> None:
    """Tools that import it show the tables of this version."""
    assert dbml.FILE.read_text(encoding="utf-8") == dbml.dbml(), "run `make docs`"


def test_the_dbml_can_be_read() -> None:
    """By an independent parser: with every table, column and relation."""
    model = PyDBML(dbml.FILE)
    found = {table.name: [column.name for column in table.columns] for table in model.tables}
    assert found == {name: [field for field in fields if field[0] != "_"] for name, fields in TABLES.items()}
    references = {(ref.table1.name, ref.col1[0].name, ref.table2.name, ref.col2[0].name) for ref in model.refs}
    assert references == {(one.table, one.column, one.target, one.target_column) for one in relations().values()}
    for ref in model.refs:
        assert ref.col2[0].pk or ref.col2[0].unique, ref
    assert sum(len(group.items) for group in model.table_groups) == len(TABLES)


def test_the_diagram_of_b2b_edition_is_current() -> None:
    text = diagram.MODEL.read_text(encoding="utf-8")
    assert text == diagram.with_diagram(text), "run `make docs`"


def test_the_picture_is_current() -> None:
    """Graphviz draws the same diagram differently from version to version, so the diagram is compared."""
    text = diagram.PICTURE.read_text(encoding="utf-8")
    assert text.rstrip().endswith(diagram.mark()), "run `make diagram`"
    edges = ElementTree.fromstring(text.encode()).findall(".//{http://www.w3.org/2000/svg}g[@class='edge']")
    assert sorted(str(edge.get("id")) for edge in edges) == sorted(CORE)
    assert f"images/{diagram.PICTURE.name}" in diagram.MODEL.read_text(encoding="utf-8")
