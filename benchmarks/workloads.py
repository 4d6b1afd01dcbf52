"""What is asked of the bot, over and over, and how a right answer is told from a wrong one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.load import Clock, Reply, Send
from benchmarks.population import member
from benchmarks.requests import SlackSigner, rest_create, rest_get, rest_list
from benchmarks.wire import Answer, Client

SAID = 300
"""So many characters of a wrong answer are kept."""
ADD = "add Book the venue for the offsite {number} <@{user}|somebody> !high #offsite"


@dataclass(frozen=True, slots=True)
class Shot:
    """One request, and what its answer has to be."""

    request: bytes
    contains: bytes | None
    """What stands in the body of a right answer; None: a right one has no body at all."""
    status: int = 200
    asked: str = ""
    """Which kind of request it is, for people."""


Make: TypeAlias = Callable[[int], Shot]
"""Makes the n-th request."""


def sender(client: Client, make: Make) -> Send:
    """Return what sends the n-th request and says how it went."""

    async def send(number: int) -> Reply:
        shot = make(number)
        try:
            answer = await client.send(shot.request)
        except TimeoutError:
            return Reply("timeout", shot.asked)
        except OSError as error:
            return Reply(type(error).__name__, shot.asked, str(error))
        return reply(shot, answer)

    return send


def reply(shot: Shot, answer: Answer) -> Reply:
    """Return the status of an answer; where it is not the right one, with what it said."""
    as_it_should = shot.contains in answer.body if shot.contains is not None else not answer.body
    if answer.status == shot.status and as_it_should:
        return Reply(str(answer.status), shot.asked)
    wrong = f"instead of {shot.status}" if answer.status != shot.status else "with a wrong body"
    said = answer.body.decode(errors="replace")[:SAID]
    return Reply(f"{answer.status} {wrong}", shot.asked, said)


def _button_of(task: int) -> bytes:
    """Return what a card has; its number alone stands in an apology too, which repeats the line."""
    return b'"value":"%d"' % task


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """What people do in Slack, by the members of all workspaces in turn."""

    signer: SlackSigner
    numbers: itertools.count[int]
    """Counts what is done in a run, so that no two actions share an id."""
    tasks_per_team: int
    now: Clock

    def help(self, number: int) -> Shot:
        """Ask what can be typed: no database is needed."""
        return self._typed("help", number, b"/task add")

    def add(self, number: int) -> Shot:
        """Make a task, in words that nobody has used yet: twice the same is asked about."""
        text = ADD.format(number=next(self.numbers), user=member(number).user)
        return self._typed(text, number, b"Added T-")

    def list(self, number: int) -> Shot:
        """Show one's own open tasks."""
        return self._typed("list", number, b"Your open tasks")

    def overdue(self, number: int) -> Shot:
        """Show what is overdue, by the zone of whoever asks."""
        return self._typed("list all overdue", number, b"overdue")

    def search(self, number: int) -> Shot:
        """Look for words."""
        return self._typed("list all venue offsite", number, b"open tasks about")

    def show(self, number: int) -> Shot:
        """Show one task."""
        task = self._task(number)
        return self._typed(f"show T-{task}", number, _button_of(task))

    def done(self, number: int) -> Shot:
        """Tick one off, or be told that it was."""
        task = self._task(number)
        return self._typed(f"done T-{task}", number, _button_of(task))

    def form(self, number: int) -> Shot:
        """Open the form of a new task."""
        return self._typed("add", number, None)

    def submit(self, number: int) -> Shot:
        """Send the form of a new task."""
        request = self.signer.submission(
            f"Plan the agenda {(unused := next(self.numbers))}",
            by=member(number),
            number=unused,
            now=self.now(),
        )
        return Shot(request, None, asked="submitted form")

    def _typed(self, text: str, number: int, contains: bytes | None) -> Shot:
        request = self.signer.command(
            text, by=member(number), number=next(self.numbers), now=self.now()
        )
        return Shot(request, contains, asked=f"/task {text.split(maxsplit=1)[0]}")

    def _task(self, number: int) -> int:
        return 1 + number * 7 % self.tasks_per_team


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What programs do over the REST API, with the keys of all workspaces in turn."""

    tokens: Sequence[str]
    run: str
    numbers: itertools.count[int]
    tasks_per_team: int

    def list(self, number: int) -> Shot:
        """Ask for the open tasks."""
        return Shot(rest_list(self._token(number)), b'"tasks"', asked="GET tasks")

    def get(self, number: int) -> Shot:
        """Ask for one task."""
        task = 1 + number * 7 % self.tasks_per_team
        return Shot(rest_get(self._token(number), task), b'"number"', asked="GET a task")

    def create(self, number: int) -> Shot:
        """Make a task."""
        key = f"{self.run}-{next(self.numbers)}"
        request = rest_create(self._token(number), f"Send {key}", key=key)
        return Shot(request, b'"number"', 201, "POST a task")

    def _token(self, number: int) -> str:
        return self.tokens[number % len(self.tokens)]


def mixed(slack: Slack, rest: Rest) -> Make:
    """Return a day's mixture: half reading, a third changing, the rest forms and help."""
    return mixture(
        {
            slack.list: 5,
            slack.add: 3,
            slack.show: 2,
            slack.done: 2,
            slack.submit: 1,
            slack.form: 1,
            slack.overdue: 1,
            slack.search: 1,
            slack.help: 1,
            rest.list: 1,
            rest.get: 1,
            rest.create: 1,
        }
    )


def mixture(shares: Mapping[Make, int]) -> Make:
    """Return what makes requests of several kinds by turns, each as often as its share."""
    order = tuple(_spread(shares))

    def make(number: int) -> Shot:
        return order[number % len(order)](number)

    return make


def _spread(shares: Mapping[Make, int]) -> Iterable[Make]:
    """Yield every kind as often as its share says, as evenly as whole places allow."""
    places = [
        ((turn + 0.5) / share, index, make)
        for index, (make, share) in enumerate(shares.items())
        for turn in range(share)
    ]
    return (make for _, _, make in sorted(places, key=lambda place: place[:2]))
