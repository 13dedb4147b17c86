"""The main guard: worker processes import the script that starts them, and must not come to the same call again."""

from __future__ import annotations

import ast
import sys
import threading
import tokenize
from collections.abc import Iterator
from pathlib import Path
from types import FrameType


def check_main_guard() -> None:
    """Raise ``RuntimeError`` where a process started now would import the script that runs and start more of them.

    Where ``__main__`` has no file that can be read (a prompt, a notebook, ``python -c``), no process imports it.
    """
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None) or ""
    for frame in _modules_of_main_thread():
        if frame.f_globals.get("__name__") == "__mp_main__":
            raise RuntimeError(_advice(frame.f_code.co_filename))
        # A cell of a notebook has the globals of __main__ too, but is not its file.
        own = Path(frame.f_code.co_filename).name == Path(path).name
        if own and frame.f_globals is vars(main) and not _guarded(_source(path), frame.f_lineno):
            raise RuntimeError(_advice(path))


def _modules_of_main_thread() -> Iterator[FrameType]:
    """The modules that the main thread is running, innermost first: a study may be called from another thread."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 - documented
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            yield frame
        frame = frame.f_back


def _source(path: str) -> str:
    """The text of a script; empty where it cannot be read, as in an archive."""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""


def _guarded(source: str, line: int) -> bool:
    """Whether a line of a script stands under a main guard; True where there is no source to look at."""
    return not source or any(
        isinstance(node, ast.If)
        and node.body[0].lineno <= line <= (node.body[-1].end_lineno or line)
        and any(ast.unparse(part) in _TESTS for part in ast.walk(node.test) if isinstance(part, ast.Compare))
        for node in ast.walk(ast.parse(source))
    )


_TESTS = ("__name__ == '__main__'", "'__main__' == __name__")


def _advice(path: str) -> str:
    return (
        f"workers: every worker process imports {path} again, and would come to this call again; put what the script"
        " does into a function and call it under a main guard (or say workers=1):\n\n"
        "def main():\n    ...\n\n"
        'if __name__ == "__main__":\n    main()\n'
    )
