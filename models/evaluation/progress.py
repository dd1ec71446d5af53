"""Lines on standard error that say how far the evaluation is; standard output is the result's alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Protocol, TypeVar

Item = TypeVar("Item", covariant=True)


class SizedIterable(Sized, Iterable[Item], Protocol[Item]):
    """A list, a range, an array."""


class Progress:
    """Says each step's beginning, and goes on saying how far it is every few seconds."""

    def __init__(self, every: float = 10) -> None:
        self.every, self.began = every, time.monotonic()

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self.began:6.1f} s] {text}", file=sys.stderr, flush=True)

    def counting(self, what: str, total: int) -> Callable[[int], None]:
        """A function to be told how many are done."""
        self.say(f"{what}: {total}")
        said = time.monotonic()

        def tell(done: int) -> None:
            nonlocal said
            if time.monotonic() - said > self.every:
                self.say(f"{what}: {done} of {total}")
                said = time.monotonic()

        return tell

    def over(self, what: str, items: SizedIterable[Item]) -> Iterator[Item]:
        tell = self.counting(what, len(items))
        for done, item in enumerate(items):
            tell(done)
            yield item
