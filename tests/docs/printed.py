"""Pages and scripts that show what they print: how they are read, run, compared and rewritten.

In a page, ``python`` blocks are run in order in one namespace, in an empty folder. A ``text`` block right after a
``python`` block is what that block prints. A block of any language after a line ``<!-- file: NAME -->`` is written to
that file instead of being run. Blocks of other languages are left alone.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCRIPTS = sorted((ROOT / "examples").glob("*.py"))

_FENCE = re.compile(
    r"^(?:<!-- file: (?P<file>\S+) -->\n\n?)?^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)


@attrs.frozen
class Block:
    """A fenced block of a page, and where its text stands in it."""

    language: str
    code: str
    file: str | None
    start: int
    stop: int
    after: str  # what stands between the block before it and this one

    def line(self, page: str) -> int:
        """Line of the page on which the block's text begins."""
        return page.count("\n", 0, self.start) + 1


def blocks_of(page: str) -> list[Block]:
    """All fenced blocks of a page, in order."""
    found, end = [], 0
    for match in _FENCE.finditer(page):
        start, stop = match.span("code")
        found.append(
            Block(match["language"], match["code"], match["file"], start, stop, page[end : match.start()].strip())
        )
        end = match.end()
    return found


def prose_of(page: str) -> str:
    """Give a page without its fenced blocks, its links' targets and its comments."""
    prose = re.sub(r"<!--.*?-->", "", _FENCE.sub("", page), flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", prose)


def printed(page: str, name: str, folder: Path) -> Iterator[tuple[Block, Block | None, str]]:
    """Run a page in ``folder``: for each ``python`` block what it prints, and the ``text`` block below it, if any."""
    blocks, space = blocks_of(page), {"__name__": "__main__"}
    before = Path.cwd()
    os.chdir(folder)
    try:
        for block, following in zip(blocks, [*blocks, None][1:], strict=True):
            if block.file is not None:
                (folder / block.file).write_text(block.code, encoding="utf-8")
            elif block.language == "python":
                shown = following if following and following.language == "text" and not following.after else None
                yield block, shown, _run(block, page, name, space)
    finally:
        os.chdir(before)


def _run(block: Block, page: str, name: str, space: dict[str, Any]) -> str:
    """Run one block and give back what it prints; line numbers in errors are those of the page."""
    output = io.StringIO()
    code = compile("\n" * (block.line(page) - 1) + block.code, name, "exec")
    with contextlib.redirect_stdout(output):
        exec(code, space)  # noqa: S102  the pages are ours
    return output.getvalue()


def script_output(script: Path) -> str:
    """Give what a script prints, run as a reader would run it, with warnings as errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", script], capture_output=True, text=True, check=False, cwd=script.parent
    )
    if done.returncode:
        raise RuntimeError(f"{script.name} failed:\n{done.stderr}")
    return done.stdout
