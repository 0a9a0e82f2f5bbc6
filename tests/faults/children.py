"""Processes of our own that do real work and are killed at a random moment."""

from __future__ import annotations

import os
import signal
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, connections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

PATIENCE = 120
"""Seconds after which a child is taken for hanging; nothing is said about speed."""


@dataclass
class Ended:
    """What is left of a child.

    Attributes:
        said: What it acknowledged before it ended.
        killed: Whether it was killed before it was through.
        seconds: How long it worked.
    """

    said: list[str]
    killed: bool
    seconds: float


@dataclass(frozen=True)
class Moment:
    """When a child dies: after so many seconds, or at a query, before or after it is run."""

    seconds: float | None = None
    query: int | None = None
    after: bool = False


@dataclass
class Measured:
    """How long an act takes undisturbed, from which moments are drawn."""

    seconds: float = 0.0
    queries: int = 0

    def draw(self, chance: Random) -> Moment:
        """Return a moment, by the clock or by the queries, a little beyond the end, too."""
        if chance.random() < 0.5:
            return Moment(seconds=chance.uniform(0, 1.1 * self.seconds))
        return Moment(query=chance.randint(1, self.queries), after=chance.random() < 0.5)


@dataclass
class Child:
    """A forked process that waits for ``start`` and then acts.

    It must be forked while no connection is open: two processes cannot share one.
    """

    act: Callable[[Callable[[str], None]], None]
    moment: Moment = field(default_factory=Moment)

    def __post_init__(self) -> None:
        connections.close_all()
        go, self._go = os.pipe()
        self._heard, tell = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._go)
            os.close(self._heard)
            self._live(go, tell)
        os.close(go)
        os.close(tell)

    def _live(self, go: int, tell: int) -> None:
        status = 1
        try:
            os.read(go, 1)
            queries = _Queries(self.moment)
            with connection.execute_wrapper(queries):
                self.act(lambda text: os.write(tell, f"{text}\n".encode()))
            os.write(tell, f"queries {queries.count}\n".encode())
            status = 0
        except BaseException:
            os.write(tell, f"error {traceback.format_exc()!r}\n".encode())
        finally:
            os._exit(status)

    def start(self) -> None:
        """Let it begin."""
        os.write(self._go, b"x")
        self._begun = time.monotonic()

    def end(self) -> Ended:
        """Wait for its end, or kill it at its moment; return what it said."""
        if self.moment.seconds is not None:
            time.sleep(self.moment.seconds)
            os.kill(self.pid, signal.SIGKILL)
        status = self._waited()
        seconds = time.monotonic() - self._begun
        os.close(self._go)
        with os.fdopen(self._heard) as heard:
            said = heard.read().splitlines()
        errors = [line for line in said if line.startswith("error ")]
        assert not errors, errors
        return Ended(said, os.WIFSIGNALED(status), seconds)

    def _waited(self) -> int:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return status
            time.sleep(0.005)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise TimeoutError("the child hangs")


class _Queries:
    """Counts queries, and ends the process at one of them."""

    def __init__(self, moment: Moment) -> None:
        self.moment, self.count = moment, 0

    def __call__(self, execute, sql, params, many, context) -> Any:
        self.count += 1
        is_last = self.count == self.moment.query
        if is_last and not self.moment.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def run(act: Callable[[Callable[[str], None]], None], moment: Moment | None = None) -> Ended:
    """Let a child act, alone, and return what is left of it."""
    child = Child(act, moment or Moment())
    child.start()
    return child.end()


def run_together(*acts: Callable[[Callable[[str], None]], None]) -> list[Ended]:
    """Let several children act at once."""
    children = [Child(act) for act in acts]
    for child in children:
        child.start()
    return [child.end() for child in children]


def measured(act: Callable[[Callable[[str], None]], None]) -> Measured:
    """Return what an act takes when nobody disturbs it."""
    ended = run(act)
    (queries,) = [line for line in ended.said if line.startswith("queries ")]
    return Measured(ended.seconds, int(queries.split()[1]))


def moments(measure: Measured, chance: Random, rounds: int) -> Iterator[Moment]:
    """Give so many moments to die at."""
    for _ in range(rounds):
        yield measure.draw(chance)
