"""Property values: reading what is written, strict about types, lenient about extras.

Stored: rich text as shown; option, user and page ids for what names them; dates as shown; the
plain value for the rest. A missing key is an empty value.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from playground.notion.calls import Call
from playground.notion.checks import (
    a_boolean,
    a_list,
    a_number,
    a_string,
    an_id,
    an_object,
    mismatch,
)
from playground.notion.columns import READ_ONLY, known_column
from playground.notion.errors import validation_error
from playground.notion.files import read_file
from playground.notion.json_types import JsonObject
from playground.notion.options import (
    MOST_OPTIONS,
    group_members,
    new_option,
    option_by_id,
    option_by_name,
    options_of,
)
from playground.notion.rich_text import read_date, read_rich_text
from playground.notion.state import Column

_MOST_RELATIONS = 100
_MOST_PEOPLE = 100
_MOST_URL = 2000
_MOST_EMAIL = 200
_MOST_PHONE = 200


class Write:
    """The properties of one request: all are read before any is kept."""

    def __init__(self, call: Call, columns: dict[str, Column]) -> None:
        self._call = call
        self._columns = columns
        self._new_options: dict[str, list[JsonObject]] = {}
        self.values: dict[str, Any] = {}

    def read(self, value: object, path: str) -> None:
        """Read `properties`: keys are names or ids."""
        for key, given in an_object(value, path).items():
            column = known_column(self._columns, key)
            self.values[column.id] = self._read_one(column, given, f"{path}.{key}")

    def keep_new_options(self) -> list[Column]:
        """Add the options named for the first time to their columns; return these columns."""
        extended = []
        for column_id, options in self._new_options.items():
            if options:
                column = self._columns[column_id]
                column.config = {**column.config, "options": [*options_of(column), *options]}
                extended.append(column)
        return extended

    def _read_one(self, column: Column, given: object, path: str) -> object:
        wrapped = self._wrapped(column, given, path)
        if column.type in READ_ONLY:
            raise validation_error(f"{column.name} is a read-only property: {column.type}.")
        if column.type not in wrapped:
            raise validation_error(f"{column.name} is expected to be {column.type}.")
        inner = wrapped[column.type]
        reader = self._READERS.get(column.type)
        if reader is None:
            raise validation_error(f"{column.name} cannot be written: {column.type}.")
        return reader(self, column, inner, f"{path}.{column.type}")

    @staticmethod
    def _wrapped(column: Column, given: object, path: str) -> JsonObject:
        # A bare list is accepted for titles, as old clients send it.
        if column.type == "title" and isinstance(given, list):
            return {"title": given}
        return an_object(given, path)

    def _text(self, _: Column, inner: object, path: str) -> object:
        return read_rich_text(self._call, inner, path)

    def _number(self, _: Column, inner: object, path: str) -> object:
        return None if inner is None else a_number(inner, path)

    def _checkbox(self, _: Column, inner: object, path: str) -> object:
        return a_boolean(inner, path)

    def _url(self, _: Column, inner: object, path: str) -> object:
        return self._filled(inner, path, _MOST_URL)

    def _email(self, _: Column, inner: object, path: str) -> object:
        return self._filled(inner, path, _MOST_EMAIL)

    def _phone(self, _: Column, inner: object, path: str) -> object:
        return self._filled(inner, path, _MOST_PHONE)

    @staticmethod
    def _filled(inner: object, path: str, most: int) -> str | None:
        if inner is None:
            return None
        text = a_string(inner, path, most=most)
        if not text:
            raise mismatch(path, "a non-empty string or null", inner)
        return text

    def _date(self, _: Column, inner: object, path: str) -> object:
        return None if inner is None else read_date(inner, path)

    def _select(self, column: Column, inner: object, path: str) -> object:
        return None if inner is None else self._option(column, inner, path)

    def _multi_select(self, column: Column, inner: object, path: str) -> object:
        items = a_list(inner, path, most=MOST_OPTIONS)
        chosen = [self._option(column, item, f"{path}[{n}]") for n, item in enumerate(items)]
        return list(dict.fromkeys(chosen))

    def _option(self, column: Column, value: object, path: str) -> str:
        given = an_object(value, path)
        if given.get("id") is not None:
            return self._known_option_id(column, given["id"], path)
        name = a_string(given.get("name"), f"{path}.name", most=100)
        if not name:
            raise mismatch(f"{path}.name", "a non-empty string", name)
        fresh = self._new_options.setdefault(column.id, [])
        known = option_by_name(column, name) or next(
            (option for option in fresh if option["name"] == name), None
        )
        if known is None:
            taken = len(options_of(column)) + len(fresh)
            known = new_option(
                self._call.workspace.ids, name, taken=taken, color=given.get("color")
            )
            fresh.append(known)
        return str(known["id"])

    @staticmethod
    def _known_option_id(column: Column, value: object, path: str) -> str:
        option = option_by_id(column, a_string(value, f"{path}.id"))
        if option is None:
            raise validation_error(f'Select option with ID "{value}" does not exist.')
        return str(option["id"])

    def _status(self, column: Column, inner: object, path: str) -> object:
        if inner is None:
            return self.default_status(column)
        given = an_object(inner, path)
        if given.get("id") is not None:
            return self._known_option_id(column, given["id"], path)
        name = a_string(given.get("name"), f"{path}.name")
        option = option_by_name(column, name)
        if option is None:
            raise validation_error(
                f'Invalid status option. Status option "{name}" does not exist".'
            )
        return option["id"]

    @staticmethod
    def default_status(column: Column) -> str | None:
        """Return the status of a new row: the first option of To-do, else the first of all."""
        options = options_of(column)
        first = group_members(column, "To-do") or [str(o["id"]) for o in options]
        return first[0] if first else None

    def _people(self, _: Column, inner: object, path: str) -> object:
        chosen = []
        for index, item in enumerate(a_list(inner, path, most=_MOST_PEOPLE)):
            user_id = an_id(an_object(item, f"{path}[{index}]").get("id"), f"{path}[{index}].id")
            if user_id not in self._call.workspace.users:
                raise validation_error(f"Could not find user with ID: {user_id}.")
            chosen.append(user_id)
        return list(dict.fromkeys(chosen))

    def _relation(self, column: Column, inner: object, path: str) -> object:
        chosen = []
        for index, item in enumerate(a_list(inner, path, most=_MOST_RELATIONS)):
            page_id = an_id(an_object(item, f"{path}[{index}]").get("id"), f"{path}[{index}].id")
            page = self._call.page(page_id)
            if page.parent.id != column.config["data_source_id"]:
                raise validation_error(
                    f"Page with ID {page_id} is not in the database related by {column.name}."
                )
            chosen.append(page_id)
        return list(dict.fromkeys(chosen))

    def _files(self, _: Column, inner: object, path: str) -> object:
        items = a_list(inner, path, most=100)
        return [read_file(item, f"{path}[{index}]") for index, item in enumerate(items)]

    def _place(self, _: Column, inner: object, path: str) -> object:
        return None if inner is None else an_object(inner, path)

    _READERS: ClassVar[Mapping[str, Callable[["Write", Column, object, str], object]]] = {
        "title": _text,
        "rich_text": _text,
        "number": _number,
        "checkbox": _checkbox,
        "url": _url,
        "email": _email,
        "phone_number": _phone,
        "date": _date,
        "select": _select,
        "multi_select": _multi_select,
        "status": _status,
        "people": _people,
        "relation": _relation,
        "files": _files,
        "place": _place,
    }
