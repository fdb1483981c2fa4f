"""`kansen publish`, and the connection is lost around its COMMIT: edition and files agree, or the way on is
said."""

import hashlib

import pytest

from pgproxy import Fate
from servers import wait_until

EX_DATAERR, EX_TEMPFAIL = 65, 75
WINDOW = ("worms", "--from", "2024-05", "--to", "2024-05")


@pytest.fixture
def fleet(database):
    database.set_threat("worms", "WORM*")
    database.load_events([
        {"id": f"event-{number}", "device": f"device-{number}", "name": "WORM.A", "country": "JP",
         "time": f"2024-05-{number % 28 + 1:02}T00:00:00Z"} for number in range(40)])
    return database


def words(folder):
    return ("publish", *WINDOW, "--format", "text,json", "-o", folder)


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.iterdir()} if folder.exists() else {}


def kept(database):
    return dict(database.sql("select name, encode(sha256(content), 'hex') from kansen.edition_file"))


def test_a_lost_answer_is_found_out(fleet, proxy, tmp_path):
    """PostgreSQL has committed: the files get their names all the same."""
    proxy.plan(Fate.CUT_AFTER)
    result = fleet.kansen.run(*words(tmp_path), "--db", proxy.conninfo(fleet.name))
    assert proxy.happened[Fate.CUT_AFTER] == 1
    assert digests(tmp_path) == kept(fleet) and len(kept(fleet)) == 2
    assert "edition 1" in result.stderr and len(result.stdout.splitlines()) == 2
    again = fleet.command(*words(tmp_path), code=EX_DATAERR)
    assert "edition 1 of worms" in again.stderr and "editions render" in again.stderr


@pytest.mark.parametrize("fate", [Fate.CUT_BEFORE, Fate.FAIL])
def test_what_was_not_committed_is_not_there(fleet, proxy, tmp_path, fate):
    folder = tmp_path / "out"
    proxy.plan(fate)
    result = fleet.kansen.run(*words(folder), "--db", proxy.conninfo(fleet.name), code=None)
    assert proxy.happened[fate] == 1 and result.code in (EX_TEMPFAIL, 70), result
    assert kept(fleet) == {} and digests(folder) == {}
    if fate is Fate.CUT_BEFORE:
        assert result.code == EX_TEMPFAIL and "nothing is published" in result.stderr
    fleet.command(*words(folder))
    assert digests(folder) == kept(fleet)


def test_either_outcome_of_a_commit_that_was_sent_is_found_out(fleet, proxy, tmp_path):
    folder = tmp_path / "out"
    proxy.plan(Fate.CUT_SENT)
    result = fleet.kansen.run(*words(folder), "--db", proxy.conninfo(fleet.name), code=None)
    assert digests(folder) == kept(fleet)
    assert result.code == (0 if kept(fleet) else EX_TEMPFAIL)


def test_what_can_not_be_found_out_is_said(fleet, proxy, tmp_path):
    """PostgreSQL has committed, and can't be reached any more: the edition is there, its files are not."""
    folder = tmp_path / "out"

    def lose_everything():
        proxy.refusals = 1000
        return Fate.CUT_AFTER

    proxy.choose = lose_everything
    result = fleet.kansen.run(*words(folder), "--db", proxy.conninfo(fleet.name), code=EX_TEMPFAIL)
    assert "whether edition 1 is there is not known" in result.stderr and "editions list" in result.stderr
    assert digests(folder) == {} and len(kept(fleet)) == 2
    again = fleet.command(*words(folder), code=EX_DATAERR)
    assert "edition 1 of worms" in again.stderr and "editions render" in again.stderr
    fleet.command("editions", "render", "worms", "-o", folder)
    assert digests(folder) == kept(fleet)


def test_another_edition_of_that_number_is_not_taken_for_ours(fleet, proxy, tmp_path):
    """COMMIT never arrived; before we ask, somebody else publishes."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    link = proxy.link

    def somebody_first(*ends):
        if proxy.happened[Fate.CUT_BEFORE] == 1 and not theirs.exists():
            fleet.load_events([{"id": "late", "device": "late", "name": "WORM.A", "country": "US",
                                "time": "2024-05-06T00:00:00Z"}])
            fleet.command(*words(theirs))
        return link(*ends)

    proxy.link = somebody_first
    proxy.plan(Fate.CUT_BEFORE)
    result = fleet.kansen.run(*words(ours), "--db", proxy.conninfo(fleet.name), code=EX_TEMPFAIL)
    assert "nothing is published" in result.stderr and digests(ours) == {}
    assert digests(theirs) == kept(fleet) and len(kept(fleet)) == 2
