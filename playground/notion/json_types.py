"""What a decoded JSON object is to the type checker."""

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
