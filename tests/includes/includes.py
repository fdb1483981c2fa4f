"""Which folder may include which: the direction of the code, and no circles between modules.

An event walks ingest -> sql -> stats -> reports; cli joins them. ingest and stats meet only in the
schema, so neither may include the other. docs/architecture.md draws the same list.
"""

import pathlib
import re

# Folder -> folders it may include from, besides itself. `include` is include/kansen.
ALLOWED = {
    "include": set(),
    "text": {"include"},
    "process": {"include"},
    "watch": {"include"},
    "config": {"include", "text"},
    "sql": {"include", "text"},
    "operate": {"include", "sql", "text"},
    "stats": {"include", "sql", "text"},
    "reports/languages": {"include", "text"},
    "reports/findings": {"include", "stats", "reports/languages"},
    "reports/sections": {"include", "text", "stats", "reports/languages", "reports/findings"},
    "reports/charts": {"include", "text", "process", "reports/sections"},
    "reports/formats": {"include", "text", "process", "reports/sections", "reports/languages", "reports/charts"},
    "reports": {"include", "text", "process", "stats", "reports/formats", "reports/sections", "reports/charts"},
    "reports/template": {"include", "text", "reports/languages", "reports/sections", "reports/formats"},
    "editions": {"include", "text", "sql", "stats", "reports", "reports/formats", "reports/languages",
                 "reports/template"},
    "site": {"include", "text", "process", "sql", "stats", "reports/formats", "reports/languages", "reports/sections",
             "reports/charts", "reports/template", "editions"},
    "ingest/event": {"include", "text"},
    "ingest/geoip": {"include", "ingest/event"},
    "ingest/store": {"include", "text", "sql", "watch", "ingest/event"},
    "ingest": {"include", "watch", "ingest/event", "ingest/geoip", "ingest/store"},
    "ingest/files": {"include", "ingest", "ingest/event", "ingest/store"},
    "ingest/kafka": {"include", "text", "watch", "ingest", "ingest/store"},
    "dead_letters": {"include", "text", "sql", "ingest", "ingest/event", "ingest/store", "ingest/kafka"},
    "threats": {"include", "text", "sql", "ingest/store"},
    "relocate": {"include", "text", "sql", "ingest/geoip", "ingest/store"},
    "retention": {"include", "text", "process", "sql"},
    "distribute": {"include", "sql"},
    "simulate": {"include", "text", "process", "config", "ingest/kafka"},
    "demo": {"include", "process", "sql", "simulate"},
}
ALLOWED["cli"] = {*ALLOWED, "cli/guide"}
ALLOWED["cli/guide"] = {"include", "text", "config", "cli"}
SOURCE_SUFFIXES = {".c", ".cc", ".h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def folder_of(path):
    """The folder of ALLOWED that a path, relative to the root, lies in; None for another's."""
    for folder in [str(parent) for parent in path.parents]:
        if folder in ALLOWED:
            return folder
    return None


def sources(root):
    """Every C and C++ file of the project's folders with its folder, in order."""
    for top in sorted({folder.split("/")[0] for folder in ALLOWED}):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in SOURCE_SUFFIXES:
                yield folder_of(path.relative_to(root)), path


def target(root, path, name):
    """What an #include of `name` in `path` reads, relative to the root; None for the system's."""
    if name.startswith("kansen/"):
        return pathlib.Path("include") / name
    for base in (path.parent, root):
        found = pathlib.Path(base / name).resolve()
        if found.is_file() and found.is_relative_to(root):
            return found.relative_to(root)
    # Of the build, or not there at all.
    return pathlib.Path(name) if "/" in name and folder_of(pathlib.Path(name)) else None


def includes(root):
    """(file, line, name, target) of each #include of the project's own files."""
    for _, path in sources(root):
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            found = target(root, path, match[1])
            if found is not None:
                line = text.count("\n", 0, match.start(1)) + 1
                yield path.relative_to(root), line, match[1], found


def upward_includes(root):
    """One line for each #include that points where its folder may not."""
    found = []
    for path, line, name, read in includes(root):
        folder, below = folder_of(path), folder_of(read)
        if below != folder and below not in ALLOWED[folder]:
            found.append(f"{path}:{line}: {folder} must not include {name}")
    return found


def module(path):
    """NAME.c, NAME.h and NAME_internal.h are one module."""
    return str(path.with_suffix("")).removesuffix("_internal")


def circles(root):
    """Modules that include each other, however many there are between: "a -> b -> a"."""
    graph = {}
    for path, _, _, read in includes(root):
        if module(path) != module(read):
            graph.setdefault(module(path), set()).add(module(read))
    found, done = [], set()

    def walk(node, trail):
        if node in trail:
            found.append(" -> ".join([*trail[trail.index(node):], node]))
        elif node not in done:
            for each in sorted(graph.get(node, ())):
                walk(each, [*trail, node])
            done.add(node)

    for node in sorted(graph):
        walk(node, [])
    return found
