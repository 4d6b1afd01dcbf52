"""Formulas as configurations: names of columns become references that survive a rename."""

import re

from playground.notion.columns import known_column
from playground.notion.ids import encoded
from playground.notion.state import DataSource

_BY_NAME = re.compile(r'prop\("((?:[^"\\]|\\.)*)"\)')


def rewritten(expression: str, table: DataSource, space_id: str) -> str:
    """Return the expression with references: `{{notion:block_property:<id>:<ds>:<space>}}`."""

    def reference(match: re.Match[str]) -> str:
        column = known_column(table.columns, match[1].replace('\\"', '"'))
        return f"{{{{notion:block_property:{encoded(column.id)}:{table.id}:{space_id}}}}}"

    return _BY_NAME.sub(reference, expression)
