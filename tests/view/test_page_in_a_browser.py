"""The page as a browser shows it: at phone, laptop and paper width, in both languages."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nasty import nasty

from avtosim import load, simulate

pytestmark = pytest.mark.browser

#: Width in pixels of a phone, a laptop and a sheet of A4.
WIDTHS = {"phone": 360, "laptop": 1280, "paper": 794}
#: What is looked at in the page: whatever sticks out, lies over something else, or is too pale to be read.
LOOK = """() => {
  const found = [], width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.push("the page is wider than the window");
  const shown = [...document.body.querySelectorAll("*")].filter(e => e.getClientRects().length);
  const box = e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
  for (const e of shown) {
    const [left, , right] = box(e);
    if (left < -1 || right > width + 1) found.push("sticks out: " + e.tagName + " " + e.textContent.slice(0, 40));
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline" && e.clientWidth)
      found.push("holds too much: " + e.tagName + " " + e.textContent.slice(0, 40));
  }
  const leaves = shown.filter(e => e.matches("h1, h2, p, li, td, th, img, summary"));
  for (let i = 0; i < leaves.length; i++) for (let j = i + 1; j < leaves.length; j++) {
    const [a, b] = [box(leaves[i]), box(leaves[j])];
    const x = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), y = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    if (x > 1 && y > 1)
      found.push("overlap: " + leaves[i].textContent.slice(0, 30) + " | " + leaves[j].textContent.slice(0, 30));
  }
  const light = c => { const [r, g, b] = c.match(/[0-9.]+/g).map(v => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$|transparent/.test(c)) return c; } return "rgb(255, 255, 255)"; };
  for (const e of shown) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const [one, two] = [light(getComputedStyle(e).color), light(ground(e))].sort((a, b) => b - a);
    if ((one + 0.05) / (two + 0.05) < 4.5) found.push("too pale: " + e.textContent.slice(0, 40));
  }
  for (const e of document.images) {
    if (!e.alt.trim()) found.push("a picture without a text");
    if (!e.naturalWidth) found.push("a picture that is not shown");
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium as the system has it; nothing is downloaded."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra 'browser'")
    where = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert where, "there is no Chromium: install it (on Debian: apt-get install chromium), or name it in CHROMIUM"
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=where, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """The pages of the three bundled scenarios, and of a plant with nasty names, in both languages."""
    folder, made = tmp_path_factory.mktemp("pages"), {}
    results = {name: simulate(load(name), runs=4_000, seed=1) for name in FILES[:-1]}
    results[FILES[-1]] = simulate(nasty(), runs=2_000, seed=1)
    for name, result in results.items():
        for language in ("en", "ru"):
            made[name, language] = folder / f"{name}-{language}.html"
            result.report(made[name, language], language=language)
    return made


FILES = ("avtotor-2024-02", "avtotor-2024-04", "avtotor-2024-06", "nasty")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", FILES)
def test_nothing_sticks_out_overlaps_or_is_too_pale(
    browser: Any, pages: dict[tuple[str, str], Path], name: str, width: str, language: str
) -> None:
    """At each width nothing sticks out, lies over something else or is paler than 4.5 to 1, and no message appears."""
    page, said = browser.new_page(viewport={"width": WIDTHS[width], "height": 900}), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request", lambda request: said.append(request.url) if not request.url.startswith(("file:", "data:")) else None
    )
    page.goto(pages[name, language].as_uri())
    assert page.evaluate(LOOK) == []
    page.evaluate("document.querySelector('details').open = true")
    assert page.evaluate(LOOK) == []
    assert said == []
    page.close()


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", FILES[:-1])
def test_it_prints_on_two_sheets(browser: Any, pages: dict[tuple[str, str], Path], name: str, language: str) -> None:
    """Printed on A4 the page of a bundled scenario takes two sheets."""
    page = browser.new_page()
    page.goto(pages[name, language].as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    page.close()


def test_the_look_finds_what_is_wrong(browser: Any) -> None:
    """A page that sticks out, overlaps, is pale and has a picture without a text is found out in all of it."""
    page = browser.new_page(viewport={"width": 360, "height": 900})
    page.set_content(
        "<p style='width:500px'>wide</p><p style='color:#999'>pale</p><img src='data:,'>"
        "<p style='position:absolute;top:0;left:0'>over</p>"
    )
    found = "; ".join(page.evaluate(LOOK))
    for word in ("wider than the window", "sticks out", "overlap", "too pale", "without a text", "not shown"):
        assert word in found
    page.close()
