"""`python -m bot notion webhook`: the token that a hand-shake of Notion's webhooks has brought.

The token goes to standard output, alone on its line; what is said about it to standard error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from bot.command_database import command_database
from bot.config import Settings
from bot.parts import DATA, key_ring
from storage.webhooks import MongoVerificationTokens
from tasks.errors import StoreError

OK, FAILED, WRONG_USE = 0, 1, 2


async def notion_webhook(
    settings: Settings,
    *,
    reset: bool,
    data_dir: Path = DATA,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Show the token, or forget it; return 0, else 1 or 2 with a sentence on `err`."""
    out, err = out or sys.stdout, err or sys.stderr
    keys = key_ring(settings)
    if keys is None:
        err.write(
            "ENCRYPTION_KEYS: found nothing, expected the key ring that tokens are sealed with; "
            "without it the token belongs into NOTION_WEBHOOK_TOKEN.\n"
        )
        return WRONG_USE
    try:
        async with command_database(settings, data_dir) as database:
            tokens = MongoVerificationTokens(database, keys=keys)
            if reset:
                await tokens.forget()
                err.write("Forgotten: now add the subscription in Notion, or resend its token.\n")
                return OK
            token = await tokens.load()
    except StoreError as error:
        err.write(f"{error}\n")
        return FAILED
    if token is None:
        err.write(
            "No token has come yet: in Notion, under the connection's Webhooks, add a subscription "
            "with the URL https://<your bot>/notion/webhook.\n"
        )
        return FAILED
    out.write(f"{token}\n")
    err.write("Paste it in Notion, under the connection's Webhooks, at Verify.\n")
    return OK
