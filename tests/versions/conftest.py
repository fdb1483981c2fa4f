"""Fixtures of these tests."""

import pathlib
import shutil
import tempfile

import pytest

from kept import Fleet


@pytest.fixture
def fleet(kafka, topic):
    return Fleet(kafka, topic)


@pytest.fixture
def folder():
    """One that PostgreSQL's user may write into as well."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="backup"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path, ignore_errors=True)
