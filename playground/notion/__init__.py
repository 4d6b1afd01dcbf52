"""A Notion emulator: the real wire protocol, strict, in memory."""

from playground.notion.access import Capability, Connection
from playground.notion.emulator import NotionEmulator
from playground.notion.faults import Armed, Fault
from playground.notion.http import create_app, serving
from playground.notion.workbench import NewDatabase, Row, Workbench

__all__ = [
    "Armed",
    "Capability",
    "Connection",
    "Fault",
    "NewDatabase",
    "NotionEmulator",
    "Row",
    "Workbench",
    "create_app",
    "serving",
]
