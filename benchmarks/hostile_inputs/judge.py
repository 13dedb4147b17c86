"""What a hostile case is, and the judgement of what came back."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import avtosim as av

__all__ = ["CLEAR", "Case", "Verdict", "judge"]

#: What bad input may be answered with: facts by FactError (a ValueError), arguments by the built-in errors.
CLEAR = (av.FactError, ValueError, TypeError, MemoryError, OSError)

# Words of a rule or of a mend; the last lines are what Python itself says of a call or a command that does not fit.
_RULE = re.compile(
    r"\bmust\b|\bmay\b|\btakes?\b|\bneeds?\b|\bgoes\b|\bgive\b|\bcannot\b|\bcan't\b|\bnot a known\b|\bthere is no|"
    r"\bdid you mean\b|\bknown:|\bask for\b|\bis no\b|\bdoes not fit\b|\bnot kept\b|\bused once\b|\bstate\b|"
    r"\breaches inside\b|\blies inside\b|\bholds another\b|\bwas not\b|\bis not known\b|\bsay\b|\btry\b|\bhas no\b|"
    r"\bname (?:another|one) file\b|TOML syntax: .*\(at |\bunexpected keyword\b|\brequired\b.*\bargument|"
    r"\bpositional argument|\barguments are required: |\bexpected one argument\b|\binvalid choice: .* \(choose from |"
    r"\bunrecognized arguments: |\bambiguous option: ",
    re.IGNORECASE,
)
# What the system says of a path is a rule of its own.
_OF_SYSTEM = re.compile(r"\[Errno \d+\] [A-Z][a-z ]+: '", re.DOTALL)
# What the machinery below says when it breaks: such a text may be quoted, but is no explanation.
_MACHINERY = re.compile(
    r"object has no attribute|not subscriptable|\bufunc\b|unsupported operand|object is not (?:iterable|callable)|"
    r"not supported between|could not be broadcast|invalid literal|recursion|truth value|index out of|"
    r"unhashable|division by zero|set_int_max_str_digits|math domain|not JSON|is not an integer|'NoneType'",
    re.IGNORECASE,
)
_LONGEST = 30_000


@dataclass(frozen=True, kw_only=True)
class Case:
    """One input, and what a right answer to it is.

    Without ``right`` the call must raise one of ``raises``, with a text in which each pattern of ``says`` is found (the
    place, the value, the hint it needs). With ``right`` it may return, and then what it returns must satisfy ``right``;
    with ``raises=()`` it must return. ``hand`` marks a case written by hand, ``slow`` one for the whole battery only,
    ``quotes`` one whose right error repeats the text of another.
    """

    part: str
    name: str
    call: Callable[[Path], object]
    says: tuple[str, ...] = ()
    raises: tuple[type[BaseException], ...] = CLEAR
    right: Callable[[object], object] | None = None
    hand: bool = False
    slow: bool = False
    quotes: bool = False


@dataclass(frozen=True)
class Verdict:
    """How a case ended: ok, silent (wrong without a word), hung or unclear; and what came."""

    kind: str
    what: str = ""
    warned: bool = False


def judge(case: Case, folder: Path) -> Verdict:
    """Call the case in its own empty folder and say what came of it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kind, what = _outcome(case, folder)
    return Verdict(kind, what, any(issubclass(w.category, RuntimeWarning) for w in caught))


def _outcome(case: Case, folder: Path) -> tuple[str, str]:
    try:
        value = case.call(folder)
    except (SystemExit, KeyboardInterrupt) as error:
        return ("ok", "") if isinstance(error, case.raises) else ("unclear", f"{type(error).__name__}")
    except BaseException as error:  # noqa: BLE001 - whatever comes is to be judged
        return _of_error(case, error)
    if case.right is None:
        return "silent", f"no error; gave {_cut(value)}"
    try:
        right = bool(case.right(value))
    except Exception as error:  # noqa: BLE001 - an answer that cannot even be looked at
        return "silent", f"gave {_cut(value)}, which cannot be read: {type(error).__name__}: {error}"
    return ("ok", "") if right else ("silent", f"gave {_cut(value)}")


def _of_error(case: Case, error: BaseException) -> tuple[str, str]:  # noqa: PLR0911 - one for each judgement
    text = str(error)
    shown = f"{type(error).__name__}: {text[:600]}"
    if not case.raises:
        return "unclear", f"refused, though it is sound: {shown}"
    if not isinstance(error, case.raises):
        return "unclear", f"a crash: {shown}"
    missing = [pattern for pattern in case.says if not re.search(pattern, text, re.IGNORECASE | re.DOTALL)]
    if missing:
        return "unclear", f"does not say {' nor '.join(map(repr, missing))}: {shown}"
    if not _RULE.search(text) and not (isinstance(error, OSError) and _OF_SYSTEM.match(text)):
        return "unclear", f"no rule and no mend: {shown}"
    if _MACHINERY.search(text) and not case.quotes:
        return "unclear", f"the words of the machinery: {shown}"
    if len(text) > _LONGEST:
        return "unclear", f"a text of {len(text):,} characters: {shown}"
    return "ok", ""


def _cut(value: object) -> str:
    try:
        return f"{type(value).__name__} {value!r}"[:300]
    except Exception as error:  # noqa: BLE001 - a value that cannot be shown
        return f"{type(value).__name__}, which cannot be shown ({type(error).__name__})"
