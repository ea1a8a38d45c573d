"""What functions have found out about words that come again and again, and letting go of it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_FORGET: list[Callable[[], None]] = []


def remembered(most: int) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Remember what a function gives for the `most` arguments that were asked for last, until `forget` is called.

    >>> @remembered(1 << 16)
    ... def shout(word: str) -> str:
    ...     print("thinking")
    ...     return word.upper()
    >>> shout("ana"), shout("ana")
    thinking
    ('ANA', 'ANA')
    >>> forget()
    >>> shout("ana")
    thinking
    'ANA'
    """

    def with_memory(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        memory = lru_cache(maxsize=most)(function)
        _FORGET.append(memory.cache_clear)
        return cast("Callable[Parameters, Result]", memory)

    return with_memory


def forget() -> None:
    """Let go of all that is remembered: of millions of different words that is hundreds of megabytes."""
    for each in _FORGET:
        each()
