"""Draw the pictures of the gallery by running its own blocks; takes about a minute.

Run it as ``python docs/draw_gallery.py``, and look at every picture before committing it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("gallery.md")
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)\s*```python\n(.*?)```", re.DOTALL)
#: Dots per inch of the files: sharp at 900 pixels.
_DOTS = 173


def pictures(page: Path = PAGE) -> Iterator[tuple[Path, Any]]:
    """Each picture's file, and the figure that the block below it draws."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    names: dict[str, Any] = {}
    for file, block in _PICTURE.findall(page.read_text(encoding="utf-8")):
        exec(compile(block, page.name, "exec"), names)  # noqa: S102 - the page's own block
        yield page.parent / file, plt.gcf()
        plt.close("all")


if __name__ == "__main__":
    for path, figure in pictures():
        path.parent.mkdir(exist_ok=True)
        # Matplotlib writes its version into the file.
        figure.savefig(path, dpi=_DOTS)
        print("drawn:", path.name)  # noqa: T201
