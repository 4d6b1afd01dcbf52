"""A Notion emulator: the real wire protocol, strict, in memory."""

from playground.notion.access import Capability, Connection
from playground.notion.emulator import NotionEmulator
from playground.notion.faults import Armed, Fault
from playground.notion.http import create_app, serving
from playground.notion.integrations import Integration
from playground.notion.subscriptions import NotReached, Subscription, WrongToken
from playground.notion.weather import Weather
from playground.notion.workbench import NewDatabase, Remark, Row, Workbench

__all__ = [
    "Armed",
    "Capability",
    "Connection",
    "Fault",
    "Integration",
    "NewDatabase",
    "NotReached",
    "NotionEmulator",
    "Remark",
    "Row",
    "Subscription",
    "Weather",
    "Workbench",
    "WrongToken",
    "create_app",
    "serving",
]
