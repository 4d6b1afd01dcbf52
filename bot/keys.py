"""Reads the key ring for stored tokens."""

import base64
import binascii

_KEY_BYTES = 32  # AES-256
_STANDARD = str.maketrans("-_", "+/")


def key_ring(text: str) -> tuple[str, ...]:
    """Return the keys of a comma-separated list in standard base64. ValueError.

    URL-safe base64 is taken as well, with or without its padding.
    """
    keys = tuple(_standard(part.strip()) for part in text.split(","))
    if len(set(keys)) != len(keys):
        raise ValueError("a key is there twice")
    return keys


def _standard(key: str) -> str:
    unpadded = key.translate(_STANDARD).rstrip("=")
    try:
        found = base64.b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(found) != _KEY_BYTES:
        raise ValueError("not 32 bytes")
    return base64.b64encode(found).decode()
