"""What a formula yields: needed where the value is empty, and to refuse unknown functions."""

from playground.notion.errors import validation_error
from playground.notion.formula_syntax import Binary, Call, Literal, Node, Reference, Unary

_ARITHMETIC = frozenset("-*/%^")
_OF_FUNCTION = {
    "empty": "boolean",
    "or": "boolean",
    "and": "boolean",
    "not": "boolean",
    "contains": "boolean",
    "now": "date",
    "today": "date",
    "dateAdd": "date",
    "dateSubtract": "date",
    "fromTimestamp": "date",
    "dateBetween": "number",
    "hour": "number",
    "minute": "number",
    "day": "number",
    "date": "number",
    "month": "number",
    "year": "number",
    "toNumber": "number",
    "floor": "number",
    "ceil": "number",
    "round": "number",
    "abs": "number",
    "min": "number",
    "max": "number",
    "length": "number",
    "format": "string",
    "formatDate": "string",
    "concat": "string",
    "if": "",
}
_ONE = range(1, 2)
_MANY = range(1, 101)
# How many arguments a function takes, if not one.
_ARGUMENTS = {
    "now": range(1),
    "today": range(1),
    "if": range(3, 4),
    "contains": range(2, 3),
    "formatDate": range(2, 3),
    "dateAdd": range(3, 4),
    "dateSubtract": range(3, 4),
    "dateBetween": range(3, 4),
    "or": _MANY,
    "and": _MANY,
    "min": _MANY,
    "max": _MANY,
    "concat": _MANY,
}
_OF_COLUMN = {
    "number": "number",
    "unique_id": "number",
    "checkbox": "boolean",
    "date": "date",
    "created_time": "date",
    "last_edited_time": "date",
}


def check(node: Node) -> None:
    """Refuse a formula that uses a function the emulator does not know."""
    match node:
        case Call(name, arguments):
            if name not in _OF_FUNCTION:
                raise validation_error(f"Type error with formula: Undefined function {name}")
            if len(arguments) not in _ARGUMENTS.get(name, _ONE):
                raise validation_error(f"Type error with formula: wrong arguments of {name}")
            for one in arguments:
                check(one)
        case Unary(_, operand):
            check(operand)
        case Binary(_, left, right):
            check(left)
            check(right)
        case Literal() | Reference():
            pass


def type_of(node: Node, columns: dict[str, str]) -> str:  # noqa: PLR0911 - one line per kind
    """Return `string`, `number`, `boolean` or `date`; `columns` are column types by key."""
    match node:
        case Literal(text):
            return _of_literal(text)
        case Reference(key):
            return _OF_COLUMN.get(columns[key], "string")
        case Call("if", (_, chosen, otherwise)):
            first = type_of(chosen, columns)
            return first if first != "string" else type_of(otherwise, columns)
        case Call(name, _):
            return _OF_FUNCTION[name] or "string"
        case Unary(operator, _):
            return "number" if operator == "-" else "boolean"
        case Binary("+", left, right):
            both = {type_of(left, columns), type_of(right, columns)}
            return "number" if both == {"number"} else "string"
        case Binary(operator, _, _):
            return "number" if operator in _ARITHMETIC else "boolean"


def _of_literal(text: str) -> str:
    if text.startswith('"'):
        return "string"
    return "boolean" if text in ("true", "false") else "number"
