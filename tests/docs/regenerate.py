"""Run every example and every page and write what they print beside them. Read the difference before committing it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from printed import PAGES, ROOT, SCRIPTS, printed, script_output


def rewritten(page: Path) -> str:
    """Give the page with the outputs it shows as they are now."""
    text = page.read_text(encoding="utf-8")
    pieces, at = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for _, shown, said in printed(text, page.name, Path(folder)):
            if shown is not None:
                pieces += [text[at : shown.start], said]
                at = shown.stop
    return "".join([*pieces, text[at:]])


def put(path: Path, text: str) -> None:
    """Write the file if it changes, and say so."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        print("rewritten:", path.relative_to(ROOT))  # noqa: T201


if __name__ == "__main__":
    for example in SCRIPTS:
        put(example.with_suffix(".out"), script_output(example))
    for each in PAGES:
        put(each, rewritten(each))
