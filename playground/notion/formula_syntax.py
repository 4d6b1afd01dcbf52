"""The syntax of formulas: parsing, and writing as Notion writes them back."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from playground.notion.errors import validation_error

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<reference>\{\{notion:block_property:(?P<property>[^:}]+):[^}]*\}\})
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign>==|!=|>=|<=|[-+*/%^<>(),])
    )""",
    re.VERBOSE,
)
_PRECEDENCE = {
    "or": 1,
    "and": 2,
    "==": 3,
    "!=": 3,
    ">": 4,
    "<": 4,
    ">=": 4,
    "<=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
    "^": 7,
}
_UNARY_PRECEDENCE = 8


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text or truth as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A property: by name as `prop("…")` gives it, or by its encoded id."""

    key: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `not x`."""

    operator: str
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands."""

    operator: str
    left: "Node"
    right: "Node"


Node: TypeAlias = Literal | Reference | Call | Unary | Binary


def parse(expression: str) -> Node:
    """Return the tree of a formula, or refuse it with 400."""
    parser = _Parser(expression)
    node = parser.expression(0)
    if parser.peek() is not None:
        raise parser.refusal()
    return node


class _Parser:
    def __init__(self, expression: str) -> None:
        self._text = expression
        self._tokens = self._scan(expression)
        self._place = 0

    def _scan(self, expression: str) -> list[re.Match[str]]:
        tokens, end, text = [], 0, expression.rstrip()
        while end < len(text):
            match = _TOKEN.match(text, end)
            if match is None:
                raise self.refusal()
            tokens.append(match)
            end = match.end()
        return tokens

    def refusal(self) -> Exception:
        """Return the refusal of the whole formula."""
        return validation_error(f"Type error with formula: cannot read {self._text[:200]}")

    def peek(self) -> str | None:
        """Return the next sign or name."""
        if self._place >= len(self._tokens):
            return None
        return self._tokens[self._place][0].strip()

    def _next(self) -> re.Match[str]:
        if self._place >= len(self._tokens):
            raise self.refusal()
        self._place += 1
        return self._tokens[self._place - 1]

    def _expect(self, sign: str) -> None:
        if self._next()[0].strip() != sign:
            raise self.refusal()

    def expression(self, least: int) -> Node:
        """Read operators that bind at least as strongly."""
        left = self._operand()
        while (operator := self.peek()) in _PRECEDENCE:
            strength = _PRECEDENCE[str(operator)]
            if strength < least:
                break
            self._next()
            left = Binary(str(operator), left, self.expression(strength + 1))
        return left

    def _operand(self) -> Node:
        token = self._next()
        if token["reference"]:
            return Reference(token["property"])
        if token["number"] or token["string"]:
            return Literal(token["number"] or token["string"])
        if token["name"]:
            return self._named(token["name"])
        if token["sign"] == "(":
            inner = self.expression(0)
            self._expect(")")
            return inner
        if token["sign"] == "-":
            return Unary("-", self.expression(_UNARY_PRECEDENCE))
        raise self.refusal()

    def _named(self, name: str) -> Node:
        if name == "not" and self.peek() != "(":
            return Unary("not", self.expression(_UNARY_PRECEDENCE))
        if name in ("true", "false"):
            return Literal(name)
        self._expect("(")
        arguments: list[Node] = []
        while self.peek() != ")":
            arguments.append(self.expression(0))
            if self.peek() == ",":
                self._next()
        self._expect(")")
        if name == "prop":
            return self._property(arguments)
        return Call(name, tuple(arguments))

    def _property(self, arguments: list[Node]) -> Node:
        match arguments:
            case [Literal(text)] if text.startswith('"'):
                return Reference(unquoted(text))
            case _:
                raise self.refusal()


def unquoted(text: str) -> str:
    """Return what a string literal means."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def written(node: Node, references: dict[str, str]) -> str:
    """Write a formula as Notion does: an operation inside another one stands in parentheses."""
    match node:
        case Literal(text):
            return text
        case Reference(key):
            return references[key]
        case Call(name, arguments):
            return f"{name}({', '.join(written(one, references) for one in arguments)})"
        case Unary("-", operand):
            return f"-{_operand(operand, references)}"
        case Unary(operator, operand):
            return f"{operator} {_operand(operand, references)}"
        case Binary(operator, left, right):
            return f"{_operand(left, references)} {operator} {_operand(right, references)}"


def _operand(node: Node, references: dict[str, str]) -> str:
    text = written(node, references)
    return f"({text})" if isinstance(node, Binary) else text


def references_in(node: Node) -> set[str]:
    """Return the keys of all properties a formula speaks of."""
    match node:
        case Reference(key):
            return {key}
        case Call(_, arguments):
            return {key for one in arguments for key in references_in(one)}
        case Unary(_, operand):
            return references_in(operand)
        case Binary(_, left, right):
            return references_in(left) | references_in(right)
        case _:
            return set()
