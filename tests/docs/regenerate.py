"""Make the generated pages, run every example and every page and write what they print beside them.

Run it as ``python tests/docs/regenerate.py``, and read the difference before committing it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from docstrings import load_script
from printed import PAGES, ROOT, SCRIPTS, printed, script_output


def rewritten(page: Path) -> str:
    """Give the page with the outputs it shows as they are now."""
    text = page.read_text(encoding="utf-8")
    pieces, at = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for _, shown, output in printed(text, page.name, Path(folder)):
            if shown is not None:
                pieces += [text[at : shown.start], output]
                at = shown.stop
    return "".join([*pieces, text[at:]])


def put(path: Path, text: str) -> None:
    """Write the file if it changes, and tell which."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        print("rewritten:", path.relative_to(ROOT))  # noqa: T201


if __name__ == "__main__":
    for name in ("generate", "generate_announced", "generate_questions"):
        generator = load_script(name)
        put(generator.PAGE, generator.page())
    for example in SCRIPTS:
        put(example.with_suffix(".out"), script_output(example))
    for each in PAGES:
        put(each, rewritten(each))
