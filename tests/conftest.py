"""What every Python test of the project follows: a missing part is a skip with its reason, a skip
is a failure in CI, and nothing outlives the tests, also when they are interrupted."""

import os
import signal

import pytest

pytest_plugins = ["shared_fixtures"]

# ctest's SKIP_RETURN_CODE for these tests.
EXIT_ALL_SKIPPED = 77


def _interrupt(_number, _frame):
    raise KeyboardInterrupt


def pytest_configure():
    # A SIGTERM unwinds through the fixtures like Ctrl-C does, so that they stop what they started.
    signal.signal(signal.SIGTERM, _interrupt)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: a skip counts as a failure in CI: {reason}"


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    stats = reporter.stats if reporter else {}
    if exitstatus == 0 and stats.get("skipped") and not stats.get("passed"):
        session.exitstatus = EXIT_ALL_SKIPPED
