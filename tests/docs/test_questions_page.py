"""The page of questions holds the docstrings of all public names."""

from __future__ import annotations

from docstrings import QUESTIONS

import avtosim


def test_the_page_is_what_the_docstrings_say() -> None:
    """The committed page equals the generated one; if not, run python docs/reference/generate_questions.py."""
    assert QUESTIONS.PAGE.read_text(encoding="utf-8") == QUESTIONS.page()


def test_the_page_names_every_public_name() -> None:
    """Each public name stands on the page, as a heading or, for facts and laws, in the list."""
    page = QUESTIONS.page()
    names = [name for name in avtosim.__all__ if not name.startswith("__")]
    assert [name for name in names if f"\n### {name}\n" not in page and f"\n- `{name}`: " not in page] == []


def test_sections_are_split() -> None:
    """A numpydoc docstring is split into its sections, and a section into its entries."""
    doc = (
        "Do it.\n\nMore.\n\nParameters\n----------\na, b : int\n    Two\n    numbers.\nc : str\n\nNotes\n-----\nSlow.\n"
    )
    parts = QUESTIONS.sections(doc)
    assert list(parts) == ["", "Parameters", "Notes"]
    assert (parts[""], parts["Notes"]) == ("Do it.\n\nMore.", "Slow.")
    assert QUESTIONS.entries(parts["Parameters"]) == [("a, b : int", "Two numbers."), ("c : str", "")]
    assert QUESTIONS.sections("One line.") == {"": "One line."}
