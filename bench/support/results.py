"""What a bench hands over: a table on standard output, and the same figures with all that is needed
to judge them in NAME.md, and all that was measured in NAME.json."""

import json
import os
import pathlib
import platform
import shutil
import subprocess
import time

from ground import RAW, ROOT, TABLES

WIDTH = 100


def table(headings, rows):
    """Text columns, the first to the left, figures to the right; at most WIDTH wide."""
    cells = [list(map(str, row)) for row in [headings, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = [_line(row, widths) for row in cells]
    lines.insert(1, "-" * len(lines[0]))
    assert len(lines[0]) <= WIDTH, f"{len(lines[0])} columns are too many:\n{lines[0]}"
    return "\n".join(lines)


def _line(row, widths):
    return "  ".join(cell.ljust(width) if number == 0 else cell.rjust(width)
                     for number, (cell, width) in enumerate(zip(row, widths)))


def markdown_table(headings, rows):
    marks = ["---"] + ["---:"] * (len(headings) - 1)
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [headings, marks, *rows])


def seconds(value):
    """A duration with three digits that mean something."""
    if value < 0.9995:
        return f"{value * 1000:.3g} ms"
    return f"{value:.3g} s" if value < 999.5 else f"{value:.0f} s"


def machine():
    """Where the figures come from."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    facts = {"when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
             "cores": os.cpu_count(),
             "memory_gib": round(memory / 2**30, 1),
             "load_before": [round(each, 2) for each in os.getloadavg()],
             "kernel": platform.release()}
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            facts["processor"] = line.split(":", 1)[1].strip()
            break
    facts["commit"] = commit()
    return facts


def commit():
    """Of the sources; they may also have come without their repository, to a machine without git."""
    if shutil.which("git") is None:
        return "unknown"
    described = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                               capture_output=True, text=True, check=False)
    return described.stdout.strip() or "unknown"


def write(folder, name, data, text):
    """NAME.json and NAME.md in `folder`; None: in the folders of ground.py."""
    raw = folder or RAW
    raw.mkdir(parents=True, exist_ok=True)
    (raw / f"{name}.json").write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n",
                                      encoding="utf-8")
    write_page(folder, name, text)


def write_page(folder, name, text):
    """NAME.md alone."""
    pages = folder or TABLES
    pages.mkdir(parents=True, exist_ok=True)
    (pages / f"{name}.md").write_text(text.rstrip() + "\n", encoding="utf-8")
