"""The limits that keep the package plain to read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import source_bigcommerce
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.stream import Stream

PACKAGE = Path(source_bigcommerce.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE = 400  # lines
LONGEST_CLASS = 200
DEEPEST = 3  # classes of this package in the method resolution order of a stream


@pytest.mark.parametrize("stream", ALL_STREAMS, ids=lambda stream: stream.__name__)
def test_a_stream_is_a_few_classes_deep(stream: type[Stream]) -> None:
    own = [cls for cls in stream.__mro__ if cls.__module__.startswith(source_bigcommerce.__name__)]
    assert len(own) <= DEEPEST


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_modules_and_classes_are_short(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_MODULE
    assert [name for name, lines in _classes(ast.parse(text)) if lines > LONGEST_CLASS] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_no_class_asks_for_its_own_type(module: Path) -> None:
    """What differs between subclasses is a method or an attribute of theirs."""
    assert "isinstance(self," not in module.read_text(encoding="utf-8")


def _classes(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1
