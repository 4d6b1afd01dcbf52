"""Computing formulas: the part of the language that recorded formulas use, and its neighbours."""

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playground.notion.formula_syntax import Binary, Call, Literal, Node, Reference, Unary, unquoted
from playground.notion.times import Moment, floored, months_from

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": math.fmod,
    "^": operator.pow,
}
_SECONDS = {"minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
_MONTHS = {"months": 1, "quarters": 3, "years": 12}
_FORMAT = re.compile(r"YYYY|Y|MMMM|MMM|MM|M|DD|D|WW|W|HH|H|mm|m|[^A-Za-z]|[A-Za-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """Evaluates over one row: `values` by the key of the property, dates as Moments."""

    values: Callable[[str], Any]
    now: datetime

    def value(self, node: Node) -> Any:  # noqa: ANN401, PLR0911 - one line per kind of node
        """Return text, a number, a truth, a Moment, a list, or None where nothing is."""
        match node:
            case Literal(text):
                return _literal(text)
            case Reference(key):
                return self.values(key)
            case Unary("-", operand):
                return -_number(self.value(operand))
            case Unary(_, operand):
                return not self.value(operand)
            case Binary("or", left, right):
                return bool(self.value(left)) or bool(self.value(right))
            case Binary("and", left, right):
                return bool(self.value(left)) and bool(self.value(right))
            case Binary(sign, left, right):
                return _operation(sign, self.value(left), self.value(right))
            case Call("if", (condition, chosen, otherwise)):
                return self.value(chosen if self.value(condition) else otherwise)
            case Call(name, arguments):
                return self._function(name, [self.value(one) for one in arguments])

    def _function(self, name: str, given: list[Any]) -> Any:  # noqa: ANN401 - any value
        if name in ("now", "today"):
            instant = floored(self.now)
            return Moment(day=instant.date(), instant=instant if name == "now" else None)
        return _FUNCTIONS[name](*given)


def _literal(text: str) -> Any:  # noqa: ANN401 - text, number or truth
    if text.startswith('"'):
        return unquoted(text)
    if text in ("true", "false"):
        return text == "true"
    return float(text) if "." in text else int(text)


def _number(value: Any) -> float:  # noqa: ANN401 - any value
    """Nothing counts as zero."""
    return value if isinstance(value, int | float) else 0


def _comparable(value: Any) -> Any:  # noqa: ANN401 - any value
    return value.start if isinstance(value, Moment) else value


def _operation(sign: str, left: Any, right: Any) -> Any:  # noqa: ANN401, PLR0911 - any values
    if sign in ("==", "!="):
        return (_comparable(left) == _comparable(right)) is (sign == "==")
    if sign in _COMPARISONS:
        if left is None or right is None:
            return False
        return _COMPARISONS[sign](_comparable(left), _comparable(right))
    if sign == "+":
        if isinstance(left, str) or isinstance(right, str):
            return _text(left) + _text(right)
        return _number(left) + _number(right)
    if sign in ("/", "%") and not _number(right):
        return None
    return _ARITHMETIC[sign](_number(left), _number(right))


def _text(value: Any) -> str:  # noqa: ANN401 - any value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Moment):
        return value.start.strftime("%B %d, %Y")
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)


def _to_number(value: Any) -> float | None:  # noqa: ANN401 - any value
    if isinstance(value, Moment):
        return value.start.timestamp() * 1000
    try:
        return float(value) if isinstance(value, str) else _number(value)
    except ValueError:
        return None


def _date_add(moment: Moment | None, amount: Any, unit: str, *, sign: int = 1) -> Moment | None:  # noqa: ANN401 - a number or nothing
    if moment is None or unit not in {*_SECONDS, *_MONTHS}:
        return None
    count = sign * _number(amount)
    if unit in _MONTHS:
        day = months_from(moment.day, int(count) * _MONTHS[unit])
        shifted = moment.start.replace(year=day.year, month=day.month, day=day.day)
    else:
        shifted = moment.start + timedelta(seconds=count * _SECONDS[unit])
    return Moment(day=shifted.date(), instant=None if moment.instant is None else shifted)


def _date_between(later: Moment | None, earlier: Moment | None, unit: str) -> int | None:
    if later is None or earlier is None or unit not in {*_SECONDS, *_MONTHS}:
        return None
    if unit in _SECONDS:
        return math.trunc((later.start - earlier.start).total_seconds() / _SECONDS[unit])
    return math.trunc(_months_between(later.start, earlier.start) / _MONTHS[unit])


def _months_between(later: datetime, earlier: datetime) -> int:
    if later < earlier:
        return -_months_between(earlier, later)
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (later.day < earlier.day)


def _format_date(moment: Moment | None, pattern: str) -> str:
    if moment is None:
        return ""
    time = moment.start
    parts = {
        "YYYY": f"{time:%Y}",
        "Y": str(time.year),
        "MMMM": f"{time:%B}",
        "MMM": f"{time:%b}",
        "MM": f"{time:%m}",
        "M": str(time.month),
        "DD": f"{time:%d}",
        "D": str(time.day),
        "WW": f"{time.isocalendar().week:02}",
        "W": str(time.isocalendar().week),
        "HH": f"{time:%H}",
        "H": str(time.hour),
        "mm": f"{time:%M}",
        "m": str(time.minute),
    }
    return "".join(parts.get(part, part) for part in _FORMAT.findall(pattern))


def _part(name: str) -> Callable[[Moment | None], int | None]:
    return lambda moment: None if moment is None else int(getattr(moment.start, name))


def _from_timestamp(milliseconds: Any) -> Moment | None:  # noqa: ANN401 - a number or nothing
    if not isinstance(milliseconds, int | float):
        return None
    instant = floored(datetime.fromtimestamp(milliseconds / 1000, UTC))
    return Moment(day=instant.date(), instant=instant)


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "empty": lambda value: value is None or value in ("", 0, False, []),
    "or": lambda *values: any(values),
    "and": lambda *values: all(values),
    "not": operator.not_,
    "contains": lambda text, part: _text(part) in (text if isinstance(text, list) else _text(text)),
    "length": lambda value: len(value) if isinstance(value, list) else len(_text(value)),
    "concat": lambda *values: "".join(map(_text, values)),
    "format": _text,
    "toNumber": _to_number,
    "floor": lambda value: math.floor(_number(value)),
    "ceil": lambda value: math.ceil(_number(value)),
    "round": lambda value: math.floor(_number(value) + 0.5),
    "abs": lambda value: abs(_number(value)),
    "min": lambda *values: min(map(_number, values)),
    "max": lambda *values: max(map(_number, values)),
    "hour": _part("hour"),
    "minute": _part("minute"),
    "date": _part("day"),
    "day": lambda moment: None if moment is None else moment.start.isoweekday(),
    "month": _part("month"),
    "year": _part("year"),
    "dateAdd": _date_add,
    "dateSubtract": lambda moment, amount, unit: _date_add(moment, amount, unit, sign=-1),
    "dateBetween": _date_between,
    "formatDate": _format_date,
    "fromTimestamp": _from_timestamp,
}
