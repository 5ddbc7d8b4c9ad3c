"""Imports between the modules of the repository point one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tools.project import ROOT

Graph = dict[str, set[str]]

# Modules of source_bigcommerce from the top to the bottom; each may import those of its own line and of lines below.
# Names that do not exist have no effect.
LAYERS = (
    ("run", "source", "probe"),
    ("concurrency", "progress_log", "liveness"),
    ("reconciliation",),
    ("streams",),
    ("lists",),
    ("input_files", "fatal_errors"),
    ("api",),
    ("config", "secret_masking", "serialization", "version"),
)

# The folders that may import each folder; a folder that is not named here is imported by none.
IMPORTED_BY = {
    "source_bigcommerce": {"main", "image", "benchmarks", "tools", "unit_tests", "integration_tests"},
    "sandbox": {"demo", "benchmarks", "tools", "unit_tests", "integration_tests"},
    "demo": {"tools", "unit_tests", "integration_tests"},
    "image": {"unit_tests", "integration_tests"},
    "benchmarks": {"unit_tests", "integration_tests"},
    "tools": {"unit_tests", "integration_tests"},
    "unit_tests": {"integration_tests"},
    "conftest": {"unit_tests"},
}


def import_graph(root: Path) -> Graph:
    """Returns the modules that each module below `root` imports, inside functions and for type checkers included."""
    files = [file for file in _files(root) if "node_modules" not in file.parts]
    modules = {_name(file.relative_to(root)): file for file in files}
    return {name: set(_imports(name, file, modules)) - {name} for name, file in modules.items()}


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """Returns one cycle of the graph, from a module back to itself; none if there is no cycle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def folded(graph: Graph, depth: int) -> Graph:
    """Returns the graph of the packages at a depth: 1 for the folders at the top of the repository."""
    result: Graph = {}
    for name, imported in graph.items():
        package = _package(name, depth)
        result.setdefault(package, set()).update({_package(one, depth) for one in imported} - {package})
    return result


@pytest.fixture(scope="module")
def graph() -> Graph:
    return import_graph(ROOT)


def test_no_module_imports_itself_through_others(graph: Graph) -> None:
    """A cycle is one module in several files: none can be read, tested or replaced alone."""
    assert len(graph) > 200
    assert cycle(graph) == []


def test_no_folder_imports_itself_through_others(graph: Graph) -> None:
    """The product knows nothing of its tools, and the tools nothing of the tests."""
    folders = folded(graph, 1)
    assert cycle(folders) == []
    found = [
        (importer, imported)
        for importer, all_imported in folders.items()
        for imported in all_imported
        if importer not in IMPORTED_BY.get(imported, set())
    ]
    assert found == []


def test_the_connector_imports_downwards(graph: Graph) -> None:
    """From the commands to the configuration: a module can be understood with those below it alone."""
    package = "source_bigcommerce"
    layer_of = {f"{package}.{name}": level for level, names in enumerate(LAYERS) for name in names}
    parts = {name: imported for name, imported in folded(graph, 2).items() if name.startswith(f"{package}.")}
    assert parts.keys() <= layer_of.keys(), "name new modules in LAYERS"
    upwards = [
        (name, one) for name, imported in parts.items() for one in imported if layer_of.get(one, -1) < layer_of[name]
    ]
    assert upwards == []
    assert cycle(parts) == []


@pytest.mark.parametrize(
    ("module", "text", "imported"),
    [
        ("a.b", "from a import c", {"a.c"}),
        ("a.b", "from . import c", {"a.c"}),
        ("a.b", "from .c import name", {"a.c"}),
        ("a.b", "def f():\n    import a.c.name", {"a.c"}),
        ("a.b", "if TYPE_CHECKING:\n    from a import name", {"a"}),
        ("a", "import json", set()),
    ],
)
def test_every_form_of_import_is_found(module: str, text: str, imported: set[str], tmp_path: Path) -> None:
    """An import that the graph does not contain could close a cycle unseen."""
    for name in ("a/__init__.py", "a/b.py", "a/c.py"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("")
    (tmp_path / "a" / ("__init__.py" if module == "a" else "b.py")).write_text(text)
    assert import_graph(tmp_path)[module] == imported


def test_a_cycle_is_found() -> None:
    """Of modules, and of folders whose modules have none."""
    assert set(cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}
    assert cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
    apart: Graph = {"a.x": {"b.x"}, "b.y": {"a.y"}, "a.y": set(), "b.x": set()}
    assert cycle(apart) == []
    assert set(cycle(folded(apart, 1))) == {"a", "b"}


def _files(root: Path) -> Iterator[Path]:
    yield from root.glob("*.py")
    for folder in root.iterdir():
        if (folder / "__init__.py").exists():
            for file in folder.rglob("*.py"):
                if not any(part.startswith(".") for part in file.relative_to(root).parts):
                    yield file


def _name(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def _package(module: str, depth: int) -> str:
    return ".".join(module.split(".")[:depth])


def _imports(module: str, file: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level + (file.name == "__init__.py") or None] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{start}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            known = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
            yield from [one for one in known if one in modules][:1]
