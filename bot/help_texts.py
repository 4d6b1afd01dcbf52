"""What `--help` says of a command, beside its name and on a page of its own alike."""

from __future__ import annotations

from typing import TypedDict


class HelpTexts(TypedDict):
    """As argparse takes them."""

    help: str
    description: str


def told(does: str) -> HelpTexts:
    """Return the words for the list of commands, and the same as a sentence."""
    return {"help": does, "description": f"{does[0].upper()}{does[1:]}."}
