"""The post office: whichever transport is switched on, and the journal beside it."""

from typing import Literal

import aiohttp

from playground.slack.core import Core
from playground.slack.delivery import Ack, HttpTransport, Parcel, Transport, deliver
from playground.slack.socket_mode import Sockets
from playground.slack.wire import Now

TransportName = Literal["http", "socket"]


class Post:
    """Sends parcels to the bot; `chosen` and `bot_url` may change at any time."""

    def __init__(
        self, *, core: Core, secret: str, sign_now: Now, bot_url: str, ack_seconds: float
    ) -> None:
        self._core = core
        self._secret = secret
        self._sign_now = sign_now
        self._ack_seconds = ack_seconds
        self.bot_url = bot_url
        self.chosen: TransportName = "http"
        self.session: aiohttp.ClientSession | None = None
        self.sockets = Sockets(core=core, ack_seconds=ack_seconds)

    async def send(self, parcel: Parcel, *, times: int = 1) -> list[Ack]:
        """Deliver one parcel, several times at once if asked."""
        return await deliver(
            self.transport(),
            parcel,
            times=times,
            journal=self._core.journal,
            now=self._core.now,
        )

    def transport(self) -> Transport:
        """Return the way parcels go now."""
        return self.sockets if self.chosen == "socket" else self.http()

    def http(self) -> HttpTransport:
        """Return the signed way, which tests of forged requests use directly."""
        if self.session is None:
            raise RuntimeError("the simulator is not serving")
        return HttpTransport(
            session=self.session,
            url=self.bot_url,
            secret=self._secret,
            now=self._sign_now,
            ack_seconds=self._ack_seconds,
        )
