"""What the campaigns share: the failing program, the seed, and the table of figures at the end."""

import os
import random
import sys

import pytest

from campaign import WAYS, Campaign, Failing, Row, is_whole

ROWS = []
WIDTHS = (7, 9, 7, 6, 7, 7, 7, 9, 8)
FINDINGS_SHOWN = 10


def line(row):
    return " ".join(str(cell).ljust(width) for cell, width in zip(row, WIDTHS)).rstrip()


@pytest.fixture(scope="session")
def seed():
    chosen = int(os.environ.get("KANSEN_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"KANSEN_SEED={chosen}")
    return chosen


@pytest.fixture
def campaigns(kansen, tmp_path, seed):
    """Runs the campaigns of a path, all kinds in all their ways, and fails with what they found.

    sample: how many calls of each kind to fail, unless all are wanted."""
    failing = Failing(kansen, tmp_path)
    if not failing.program.exists():
        pytest.skip(f"{failing.program} is not built")

    def run(path, sample):
        findings = []
        for kind, way in ((kind, way) for kind in sample for way in WAYS[kind]):
            campaign = Campaign(failing, path, kind, way)
            row = campaign.run(None if is_whole() else sample[kind],
                               f"{seed}:{path.name}:{kind}:{way}")
            ROWS.append(row)
            if is_whole():
                print(line(row), file=sys.__stderr__, flush=True)
            findings += campaign.findings
            assert row.failed > 0, f"nothing was made to fail: {row}"
        shown = "\n\n".join(findings[:FINDINGS_SHOWN])
        assert not findings, f"KANSEN_SEED={seed}: {len(findings)} findings:\n{shown}"

    return run


def pytest_terminal_summary(terminalreporter):
    if ROWS:
        terminalreporter.write_line("")
        for row in (Row._fields, *ROWS):
            terminalreporter.write_line(line(row))
