"""Which folder may include which: the direction of DESIGN in the code itself.

An event walks ingest -> sql -> stats -> reports; cli joins them. ingest and stats meet only in the
schema, so neither may include the other.
"""

import pathlib
import re

# Folder -> folders it may include from, besides itself. `include` is include/kansen.
ALLOWED = {
    "include": set(),
    "config": {"include"},
    "sql": {"include"},
    "stats": {"include", "sql"},
    "reports": {"include", "stats"},
    "ingest": {"include", "sql", "config"},
    "simulate": {"include", "config"},
    "cli": {"include", "config", "sql", "stats", "reports", "ingest", "simulate"},
}
SOURCE_SUFFIXES = {".c", ".cc", ".h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def sources(root):
    """Every C and C++ file of the project's folders, in order."""
    for folder in sorted(ALLOWED):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SOURCE_SUFFIXES:
                yield folder, path


def target_folder(root, path, name):
    """The project folder that an #include of `name` in `path` reads from; None for the system's."""
    if name.startswith("kansen/"):
        return "include"
    for base in (path.parent, root):
        target = pathlib.Path(base / name).resolve()
        if target.is_file() and target.is_relative_to(root):
            return target.relative_to(root).parts[0]
    first = name.split("/")[0]
    return first if "/" in name and first in ALLOWED else None


def upward_includes(root):
    """One line for each #include that points where its folder may not."""
    found = []
    for folder, path in sources(root):
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            target = target_folder(root, path, match[1])
            if target is None or target == folder or target in ALLOWED[folder]:
                continue
            line = text.count("\n", 0, match.start(1)) + 1
            found.append(f"{path.relative_to(root)}:{line}: {folder} must not include {match[1]}")
    return found
