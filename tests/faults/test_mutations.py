"""The patches of tests/faults/check-mutations, which takes too long to be run each time: they still
fit the sources, and name tests that exist."""

import pathlib
import re
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PATCHES = sorted((HERE / "mutations").glob("*.patch"))


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_a_mutation_fits_the_sources(patch):
    if shutil.which("patch") is None:
        pytest.skip("patch is not installed")
    done = subprocess.run(["patch", "--dry-run", "--strip=1", "--fuzz=0", "--input", patch],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_a_mutation_names_who_catches_it(patch):
    catchers = [line.split()[1:] for line in patch.read_text(encoding="utf-8").splitlines()
                if line.startswith("Caught-by: ")]
    assert catchers
    for test, *options in catchers:
        if test == "driver":
            continue
        if test == "unit":
            assert (ROOT / f"tests/unit/test_{options[0]}.c").is_file()
            continue
        words = dict(zip(options[::2], options[1::2]))
        functions = re.findall(r"^def (test_\w+)", (ROOT / test).read_text(encoding="utf-8"),
                               re.MULTILINE)
        assert any(words.get("-k", "") in name for name in functions), f"{test} {options}"


def test_there_are_mutations():
    assert len(PATCHES) >= 30
