"""Formulas of a table: names of columns become references, rows get their results."""

from functools import lru_cache

from playground.notion.columns import known_column
from playground.notion.formula_syntax import Node, parse, references_in, written
from playground.notion.formula_types import check
from playground.notion.ids import encoded
from playground.notion.state import DataSource


def rewritten(expression: str, table: DataSource, space_id: str) -> str:
    """Return a formula with references that survive a rename, refused if it cannot be read."""
    tree = parsed(expression)
    check(tree)
    references = {}
    for key in references_in(tree):
        column = known_column(table.columns, key)
        references[key] = (
            f"{{{{notion:block_property:{encoded(column.id)}:{table.id}:{space_id}}}}}"
        )
    return written(tree, references)


@lru_cache(maxsize=256)
def parsed(expression: str) -> Node:
    """Return the tree of a formula."""
    return parse(expression)
