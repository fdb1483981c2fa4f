"""docs/cookbook.md against the demo's fleet: every answer is what is printed there, and every plan reads the
partitions alone that are named under its question. KANSEN_UPDATE_GOLDEN=1 writes the answers anew."""

import json
import os
import pathlib
import re
import subprocess

import pytest

from kept_demo import KeptDemo, processes_of, scratch_folder
from program import Kansen

COOKBOOK = pathlib.Path(__file__).resolve().parents[2] / "docs/cookbook.md"
QUESTION = re.compile(r"^### (\d+)\. (.*?)(?=^##|\Z)", re.DOTALL | re.MULTILINE)
SQL = re.compile(r"^```sql\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
ANSWER = re.compile(r"^```sql\n.*?^```\n```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
READS = re.compile(r"^\*Reads (?:counts|(infections|detections) of (all months|\d{4}-\d\d)(?: to (\d{4}-\d\d))?)\b",
                   re.MULTILINE)
# Tables in a partition a month: infections and active machines, detections.
PARTITION = re.compile(r"(infection|detection)_(?:(\d{4})_(\d\d)|default)")


class Question:
    def __init__(self, number, text):
        self.number = int(number)
        self.text = text

    def statements(self):
        return SQL.search(self.text).group(1)

    def answer(self):
        found = ANSWER.search(self.text)
        return found.group(1) if found else ""

    def commands(self):
        found = CONSOLE.search(self.text)
        return re.findall(r"^\$ (.*)$", found.group(1), re.MULTILINE) if found else []


def questions():
    return [Question(*found) for found in QUESTION.findall(COOKBOOK.read_text(encoding="utf-8"))]


def months(first, last):
    """From first to last, YYYY-MM each."""
    year, month = map(int, first.split("-"))
    named = []
    while (name := f"{year:04}-{month:02}") <= last:
        named.append(name)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return named


def said_to_read(question):
    """What the line under the question names: a set of (table, month), or None for all months."""
    table, first, last = READS.search(question.text).groups()
    if table is None:
        return set()
    if first == "all months":
        return None
    return {(table[:-1], month) for month in months(first, last or first)}


def relations(plan):
    """Names of the tables that a plan reads."""
    if isinstance(plan, list):
        return set().union(*map(relations, plan))
    if not isinstance(plan, dict):
        return set()
    own = {plan["Relation Name"]} if "Relation Name" in plan else set()
    return own.union(*map(relations, plan.values()))


def partitions(demo, statements):
    """The partitions that the plans of the statements read: a set of (table, month), default as None."""
    read = set()
    for statement in filter(str.strip, statements.split(";\n")):
        plan = demo.psql(f"explain (format json) {statement};", demo.reader, "-At")
        for name in relations(json.loads(plan)):
            found = PARTITION.fullmatch(name)
            if found:
                year = found.group(2)
                read.add((found.group(1), f"{year}-{found.group(3)}" if year else None))
    return read


def ask(demo, question):
    """The answer as psql prints it, without blanks at the ends of lines."""
    printed = demo.psql(question.statements(), demo.reader, "-P", "footer=off", "-P", "pager=off")
    return re.sub(r" +$", "", printed, flags=re.MULTILINE).rstrip("\n") + "\n"


def perform(demo, question, folder):
    """Runs the commands of the question as the owner, as they stand there."""
    (folder / "kansen").symlink_to(demo.kansen.program)
    environment = demo.kansen.environment({
        "PATH": f"{folder}:{os.environ['PATH']}", "PGHOST": demo.folder, "PGUSER": demo.owner,
        "PGDATABASE": demo.name})
    subprocess.run(["sh", "-e", "-c", "\n".join(question.commands())], cwd=folder, env=environment,
                   check=True, capture_output=True)


def with_answer(text, question, answer):
    """The cookbook's text with this answer of the question."""
    block = SQL.search(question.text)
    rest = re.sub(r"\A```text\n.*?^```\n", "", question.text[block.end():], flags=re.DOTALL | re.MULTILINE)
    changed = f"{question.text[:block.end()]}```text\n{answer}```\n{rest}"
    return text.replace(question.text, changed)


@pytest.fixture(scope="module")
def demo(program, mmdb):
    kansen = Kansen(program)
    with scratch_folder() as scratch:
        kept = KeptDemo(kansen, scratch)
        try:
            yield kept
        finally:
            said = kept.stop()
        assert said == f"{kept.folder}: stopped and removed\n"
        assert processes_of(scratch) == []
        assert [path.name for path in scratch.iterdir()] == ["report"]


def test_there_are_25_questions():
    assert [question.number for question in questions()] == list(range(1, 26))


@pytest.mark.parametrize("question", questions(), ids=lambda question: str(question.number))
def test_question_is_answered(demo, tmp_path, question):
    if question.commands():
        perform(demo, question, tmp_path)
    answer = ask(demo, question)
    if "KANSEN_UPDATE_GOLDEN" in os.environ:
        text = COOKBOOK.read_text(encoding="utf-8")
        COOKBOOK.write_text(with_answer(text, question, answer), encoding="utf-8")
        return
    assert answer == question.answer()
    read, said = partitions(demo, question.statements()), said_to_read(question)
    if said is None:
        assert ("detection", None) in read
    else:
        assert read == said


def test_plan_of_a_month_that_is_not_written_out_reads_more(demo):
    """What the tests above would say of a plan that reads other partitions than it needs."""
    everywhere = partitions(demo, "select count(*) from report.infections"
                                  " where month = (select max(month) from report.infections)")
    assert ("infection", None) in everywhere and ("infection", "2013-09") in everywhere
