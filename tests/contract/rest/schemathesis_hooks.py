"""Loaded by schemathesis: how the lines of an import are written."""

import schemathesis

from handlers.http.operations import OPERATIONS
from handlers.http.reading import JSON


@schemathesis.serializer(
    *(kind for one in OPERATIONS if JSON not in one.body_types for kind in one.body_types)
)
def as_it_is(_context: schemathesis.SerializationContext, value: object) -> bytes:
    """Send a text as it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
