"""Texts of charts as Chromium lays them out: inside the picture, and none upon another.

tests/unit/test_charts draws the samples: 1 to 120 months, 1 to 250 countries, nothing at all, one giant
with thirteen digits, months that are not complete, products with long names, in three languages. They are looked at with the fonts
that charts ask for, and with DejaVu Sans, which is wider."""

import html
import json
import os
import pathlib
import re
import subprocess

import pytest

from documents import Chart
from servers import Missing, need

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATED = pathlib.Path(os.environ.get("KANSEN_GENERATED", ROOT / "build/asan/generated"))
DRAW = GENERATED.parent / "tests/test_charts"

FONTS = {"the chart's own": "", "a wide one": "svg text{font-family:'DejaVu Sans'!important}"}
# A font's box is higher than its letters: of each side this much of its size is nothing.
SCRIPT = """
const found = {};
for (const svg of document.querySelectorAll('svg')) {
  const picture = svg.getBoundingClientRect();
  found[svg.parentNode.id] = [picture.width, picture.height, [...svg.querySelectorAll('text')].map(text => {
    const box = text.getBoundingClientRect();
    const size = parseFloat(text.getAttribute('font-size')) * 0.22;
    const turned = text.hasAttribute('transform');
    const x = turned ? size : 0, y = turned ? 0 : size;
    return [text.textContent, box.left - picture.left + x, box.top - picture.top + y,
            box.right - picture.left - x, box.bottom - picture.top - y];
  })];
}
document.body.textContent = JSON.stringify(found);
"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    if not DRAW.exists():
        pytest.skip(f"{DRAW} is not built")
    folder = tmp_path_factory.mktemp("pictures")
    subprocess.run([DRAW], check=True, capture_output=True, cwd=ROOT, timeout=300,
                   env={**os.environ, "KANSEN_PICTURES": str(folder), "CK_DEFAULT_TIMEOUT": "120"})
    found = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.svg"))}
    kinds = {name.split("-", 1)[1] for name in found}
    assert len(found) > 80 and {"monthly", "countries", "map", "rates", "changes", "stacked"} <= kinds
    assert {"product-shares", "product-stacked", "segment-shares", "name-stacked"} <= kinds
    return found


def lay_out(pictures, style, folder):
    """{name: [width, height, [[text, left, top, right, bottom], …]]} in Chromium's eyes."""
    page = folder / "page.html"
    page.write_text(
        f"<!DOCTYPE html><meta charset=utf-8><style>body{{margin:0}}{style}</style><body>"
        + "".join(f'<div id="{name}">{svg}</div>' for name, svg in pictures.items())
        + f"<script>{SCRIPT}</script>", encoding="utf-8")
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-dev-shm-usage", f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri()],
        check=True, capture_output=True, text=True, timeout=180, stdin=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder)})
    body = re.search(r"<body>(.*)</body>", done.stdout, re.DOTALL)[1]
    return json.loads(html.unescape(body))


def outside(width, height, texts):
    return [text for text, left, top, right, bottom in texts
            if left < -0.5 or top < -0.5 or right > width + 0.5 or bottom > height + 0.5]


def upon_each_other(texts):
    return [(one[0], other[0]) for i, one in enumerate(texts) for other in texts[:i]
            if one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]]


@pytest.mark.parametrize("font", FONTS)
def test_texts_stay_inside_and_apart(pictures, font, tmp_path):
    try:
        need("chromium")
    except Missing as reason:
        pytest.skip(str(reason))
    wrong = {}
    laid_out = lay_out(pictures, FONTS[font], tmp_path)
    assert sorted(laid_out) == sorted(pictures)
    for name, (width, height, texts) in laid_out.items():
        assert len(texts) >= 3
        wrong[name] = outside(width, height, texts) + upon_each_other(texts)
    assert {name: texts for name, texts in wrong.items() if texts} == {}


def test_marks_stay_inside(pictures):
    for name, svg in pictures.items():
        chart = Chart(svg)
        width, height = chart.view_box[2:]
        for bar in chart.bars:
            assert 0 <= bar.left <= bar.right <= width and 0 <= bar.top <= bar.bottom <= height, name


# The looking itself: each must be able to fail.

def test_what_is_outside_or_upon_another_shows():
    assert outside(100, 50, [["in", 0, 0, 100, 50], ["right", 90, 0, 101, 10]]) == ["right"]
    assert outside(100, 50, [["up", 0, -3, 10, 9]]) == ["up"]
    assert upon_each_other([["a", 0, 0, 10, 10], ["b", 10, 0, 20, 10]]) == []
    assert upon_each_other([["a", 0, 0, 10, 10], ["b", 9, 5, 20, 15]]) == [("b", "a")]
