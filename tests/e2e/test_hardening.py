"""What cmake/hardening.cmake asks for is in the program: compilers and linkers leave out in silence what they can't
do, and one object without a mark takes the mark from the whole program. .ci/run asks the same of the build that users
run."""

import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import tempfile

import pytest

from servers import wait_until

# Of libc, with the bounds of what they write to: some that the program surely calls.
CHECKED_CALLS = {"__snprintf_chk", "__vsnprintf_chk", "__fprintf_chk"}


def readelf(path, *options):
    return subprocess.run(["readelf", "--wide", *options, path], capture_output=True, text=True, check=True,
                          env={**os.environ, "LC_ALL": "C"}).stdout


@pytest.fixture(scope="module")
def segments(program):
    """[(type, flags)]"""
    listed = re.findall(r"^ +([A-Z_]+) +(?:0x[0-9a-f]+ +){5}([RWE ]{3})", readelf(program, "--segments"), re.M)
    assert ("PHDR", "R  ") in listed, "segments are read"
    return listed


@pytest.fixture(scope="module")
def dynamic(program):
    return readelf(program, "--dynamic")


@pytest.fixture(scope="module")
def imports(program):
    symbols = readelf(program, "--dyn-syms")
    return set(re.findall(r" UND (\w+)", symbols))


@pytest.fixture(scope="module")
def sanitized(imports):
    """A sanitizer has checks of its own, and objects without marks."""
    return any(name.startswith(("__asan_", "__tsan_")) for name in imports)


def test_it_lies_where_chance_has_it(dynamic):
    assert re.search(r"\(FLAGS_1\).*\bPIE\b", dynamic)
    assert "TEXTREL" not in dynamic


def test_addresses_of_functions_are_bound_before_it_runs_and_stay(segments, dynamic):
    assert "GNU_RELRO" in {kind for kind, _ in segments}
    assert re.search(r"\(FLAGS_1\).*\bNOW\b", dynamic)


def test_nothing_that_is_written_to_is_run(segments):
    assert ("GNU_STACK", "RW ") in segments
    assert not [each for each in segments if "W" in each[1] and "E" in each[1]]


def test_libraries_come_from_the_system_alone(dynamic):
    assert "RPATH" not in dynamic and "RUNPATH" not in dynamic


def test_overrun_frames_are_noticed(imports):
    assert "__stack_chk_fail" in imports


def test_calls_of_libc_are_checked(imports, sanitized):
    checked = {name for name in imports if re.fullmatch(r"__\w+_chk", name)}
    if sanitized:
        assert "__asan_init" in imports or "__tsan_init" in imports
    else:
        assert checked >= CHECKED_CALLS, checked


def marks(path):
    """What readelf calls features: jumps that land at marked places only, and the like."""
    return set(re.findall(r"\b(?:IBT|SHSTK|BTI|PAC)\b", readelf(path, "--notes")))


def test_jumps_land_where_jumps_may_land(program, sanitized):
    """IBT and BTI are marks of everything or of nothing, the start files of the system included."""
    compiler = os.environ.get("CC", "cc")
    start = subprocess.run([compiler, "-print-file-name=Scrt1.o"], capture_output=True, text=True, check=True).stdout
    wanted = marks(start.strip()) | ({"SHSTK"} if platform.machine() == "x86_64" else set())
    if not sanitized:
        assert marks(program) >= wanted


@pytest.fixture
def as_nobody(program):
    """The program where everybody may run it, and whom to run it as: files of root's are told from its own."""
    if os.geteuid() != 0:
        yield pathlib.Path(program), None
        return
    folder = pathlib.Path(tempfile.mkdtemp(prefix="open"))
    folder.chmod(0o755)
    yield pathlib.Path(shutil.copy(program, folder)), "nobody"
    shutil.rmtree(folder)


def test_it_leaves_no_core(kansen, as_nobody, sanitized, tmp_path):
    """Its memory holds passwords. A limit of 0 doesn't count where cores are piped to a program, so the kernel is told
    as well; LeakSanitizer couldn't look at itself then."""
    path, user = as_nobody
    never_written = path.with_name("fifo") if user else tmp_path / "fifo"
    os.mkfifo(never_written)
    never_written.chmod(0o666)
    # It waits for somebody to write. What runs in a shell's background ignores SIGQUIT otherwise.
    worker = subprocess.Popen(["env", "--default-signal=QUIT", path, "stats", "--config", never_written], user=user,
                              stdin=subprocess.DEVNULL, env=kansen.environment())
    try:
        limits = pathlib.Path(f"/proc/{worker.pid}/limits")
        wait_until(lambda: re.search(r"^Max core file size +0 +0 ", limits.read_text(encoding="ascii"), re.M),
                   "the limit", patience_s=20)
        if not sanitized:
            # The kernel gives the files of a process that must not be dumped to root.
            wait_until(lambda: os.stat(f"/proc/{worker.pid}/environ").st_uid == 0, "the kernel to be told",
                       patience_s=20)
    finally:
        worker.send_signal(signal.SIGQUIT)
        _, status = os.waitpid(worker.pid, 0)
        worker.returncode = status
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGQUIT and not os.WCOREDUMP(status)
