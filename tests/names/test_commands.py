"""A new command or option is not finished before users can read of it: what the tests of the program
itself (e2e/test_help, e2e/test_completion) look at more closely, from the sources in a moment."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_each_command_has_examples():
    records = [record for path in sorted((ROOT / "cli").glob("cmd_*.c"))
               for record in re.findall(r"const struct command command_\w+ = \{.*?\};$",
                                        path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)]
    assert len(records) > 20
    for record in records:
        assert "COMMAND_EXAMPLES(" in record, record[:80]


def test_each_option_is_in_the_reference():
    table = (ROOT / "config/option_table.c").read_text(encoding="utf-8")
    names = re.findall(r'^    \{"([a-z-]+)"', table, re.MULTILINE)
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    assert len(names) > 30
    assert [name for name in names if not re.search(rf"`--{name}\b", page)] == []
