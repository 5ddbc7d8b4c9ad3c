"""Diagrams of docs/data-model.md: core tables as a picture (`make diagram`), B2B Edition in Mermaid (`make docs`)."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping

from tools.docs.relations import B2B_EDITION, CORE, Relation, key_of, relations
from tools.project import DOCS
from tools.streams import streams

MODEL = DOCS / "data-model.md"
PICTURE = DOCS / "images" / "data-model.svg"
_MARK = "relations of B2B Edition"
_COLUMNS = {  # shown in the picture besides the keys
    "brands": ("name",),
    "channels": ("name", "type"),
    "coupons": ("code", "type", "amount"),
    "customer_addresses": ("country_code",),
    "customer_groups": ("name",),
    "customers": ("email", "date_created"),
    "inventory_items": ("available_to_sell", "safety_stock"),
    "inventory_locations": ("label",),
    "order_coupons": ("code", "discount"),
    "order_products": ("sku", "quantity", "total_inc_tax", "quantity_refunded"),
    "order_refunds": ("created", "total_amount"),
    "orders": ("status_id", "is_deleted", "date_created", "currency_code", "total_inc_tax"),
    "price_list_records": ("currency", "price"),
    "price_lists": ("name",),
    "product_variants": ("sku", "price", "inventory_level"),
    "products": ("name", "sku", "price"),
    "promotions": ("name", "status"),
    "transactions": ("event", "amount", "currency"),
    "tree_categories": ("name",),
}
_STYLE = """  graph [rankdir=LR, nodesep=0.25, ranksep=0.9, bgcolor="white", pad=0.2]
  node [shape=plain, fontname="Helvetica,Arial,sans-serif", fontsize=11]
  edge [color="#64748b", arrowsize=0.8]"""


def with_diagram(text: str) -> str:
    """Returns the text of docs/data-model.md with the current diagram of B2B Edition."""
    before, rest = text.split(f"<!-- {_MARK} -->\n")
    after = rest.split(f"<!-- /{_MARK} -->")[1]
    return f"{before}<!-- {_MARK} -->\n\n{_mermaid(B2B_EDITION)}\n<!-- /{_MARK} -->{after}"


def dot() -> str:
    """Returns the diagram of the core tables in Graphviz's language."""
    shown = [relations()[name] for name in CORE]
    keys = {stream.name: key_of(stream) for stream in streams()}
    tables = dict.fromkeys(table for one in shown for table in (one.target, one.table))
    nodes = [_node(table, _rows(table, keys[table], shown)) for table in tables]
    return "\n".join(("digraph {", _STYLE, *nodes, *map(_edge, shown), "}", ""))


def mark() -> str:
    """Returns the comment by which a picture of the current diagram is recognized."""
    return f"<!-- diagram {hashlib.sha256(dot().encode()).hexdigest()} -->"


def _mermaid(names: Iterable[str]) -> str:
    found = (relations()[name] for name in names)
    lines = [f'    {r.target} ||--{"o|" if r.is_unique else "o{"} {r.table} : "{r.column}"\n' for r in found]
    return f"```mermaid\nerDiagram\n{''.join(lines)}```\n"


def _rows(table: str, key: tuple[str, ...], shown: Iterable[Relation]) -> Mapping[str, str]:
    """Returns the columns that the picture shows of a table, each with its mark."""
    references = [one.column for one in shown if one.table == table]
    columns = dict.fromkeys((*key, *references, *_COLUMNS.get(table, ())))
    marks = (("PK", key), ("FK", references))
    return {column: " ".join(mark for mark, names in marks if column in names) for column in columns}


def _node(table: str, rows: Mapping[str, str]) -> str:
    cells = "".join(
        f'<tr><td align="left" sides="LB" port="{column}">{column}</td><td align="right" sides="RB" port="{column}.">'
        f'<font color="#64748b" point-size="9">{mark or " "}</font></td></tr>'
        for column, mark in rows.items()
    )
    head = f'<tr><td colspan="2" bgcolor="#1e3a8a"><font color="white"><b>{table}</b></font></td></tr>'
    return (
        f'  {table} [label=<<table border="0" cellborder="1" cellspacing="0" cellpadding="4" color="#cbd5e1">'
        f"{head}{cells}</table>>]"
    )


def _edge(one: Relation) -> str:
    head = "tee" if one.is_unique else "crow"
    ends = f'{one.target}:"{one.target_column}.":e -> {one.table}:{one.column}:w'
    return f'  {ends} [arrowhead={head}, id="{one.table}.{one.column}"]'


def _render() -> None:
    program = shutil.which("dot")
    if not program:
        sys.exit("Graphviz is not installed: `apt-get install graphviz` brings it.")
    made = subprocess.run([program, "-Tsvg"], input=dot(), text=True, stdout=subprocess.PIPE, check=True)
    PICTURE.write_text(f"{made.stdout}{mark()}\n", encoding="utf-8")
    print(f"{PICTURE}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    if "--picture" in sys.argv:
        _render()
    else:
        MODEL.write_text(with_diagram(MODEL.read_text(encoding="utf-8")), encoding="utf-8")
