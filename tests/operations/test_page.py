"""docs/operations.md: every command of it does what it is there for, on a machine that has the trouble it is for."""

import datetime
import json
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE))

from machine import Machine  # noqa: E402
from program import FINDING, Kansen  # noqa: E402
from servers import wait_until  # noqa: E402

ROOT = HERE.parents[1]
PAGE = ROOT / "docs/operations.md"
SECTION = re.compile(r"^##+ (.*?)\n(.*?)(?=^##|\Z)", re.DOTALL | re.MULTILINE)
SAID = re.compile(r"^\| it says .*?\n\n", re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# What is done first: there has to be a machine, and an edition that can be restated.
FIRST = ("Deploy", "Each month")
TOPIC = "detections"
COMMAND_PATIENCE_S = 240
# Where others than 0 are right: while there is trouble; of a server whose commits are not made to last.
TROUBLED = {"kansen status": (0, 65, 75), "kansen db check": (65,)}


def sections():
    """{heading: [commands]} in the order in which they are to be run."""
    found = {heading: re.findall(r"^\$ (.*)$", "".join(CONSOLE.findall(text)), re.MULTILINE)
             for heading, text in SECTION.findall(PAGE.read_text(encoding="utf-8"))}
    first = {heading: found.pop(heading) for heading in FIRST}
    return {heading: commands for heading, commands in {**first, **found}.items() if commands}


def month(back):
    """YYYY-MM of the month so many months before the present."""
    today = datetime.datetime.now(datetime.timezone.utc)
    place = today.year * 12 + today.month - 1 - back
    return f"{place // 12}-{place % 12 + 1:02}"


class Place:
    """The machine and its servers, and what was sent to them."""

    def __init__(self, folder, program, postgres, kafka, mmdb):
        self.postgres = postgres
        self.kafka = kafka
        self.kansen = Kansen(program)
        self.machine = Machine(folder)
        self.machine.set_up(program, postgres, kafka, mmdb)
        self.folder = folder
        self.sent = 0
        self.topics = set()
        kafka.create_topic(TOPIC, 3)

    def perform(self, command):
        # The page has months of the time when it was written.
        text = command.replace("2026-10", month(1)).replace("2026-11", month(0))
        done = subprocess.run(["sh", "-e", "-c", self.machine.here(text)], cwd=self.folder, stdin=subprocess.DEVNULL,
                              env=self.machine.environment(self.postgres, self.kansen), capture_output=True,
                              timeout=COMMAND_PATIENCE_S, check=False)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        print(f"$ {text}\n{said}")  # shown of a test that fails
        assert not FINDING.search(done.stderr), said
        allowed = next((codes for words, codes in TROUBLED.items() if command.startswith(words)), (0,))
        assert done.returncode in allowed, f"{command}: exit {done.returncode}\n{said}{self.logs()}"
        return done.stdout.decode("utf-8", "replace")

    def send(self, count, topic=TOPIC, back=1, **changes):
        """Events of last month, each of a machine of its own."""
        events = [{"id": f"event-{number}", "device": f"device-{number}", "name": "TROJ_COINMINE.A", "ip": "203.0.113.7",
                   "time": f"{month(back)}-03T00:00:00Z", **changes} for number in range(self.sent, self.sent + count)]
        self.kafka.produce_lines(topic, [json.dumps(event).encode() for event in events])
        self.sent += count
        return count

    def value(self, statement):
        connection = self.postgres.connect("kansen")
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()[0]
        finally:
            connection.close()

    def await_stored(self, count):
        wait_until(lambda: self.value("select count(*) from report.detections") == count,
                   f"{count} detections to be stored")

    def logs(self):
        return "".join(f"---- {path.name}\n{path.read_text(errors='replace')[-1500:]}"
                       for path in sorted((self.folder / "log").iterdir()))

    def close(self):
        self.machine.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory, program, postgres, kafka, mmdb):
    made = Place(tmp_path_factory.mktemp("machine"), program, postgres, kafka, mmdb)
    try:
        yield made
    finally:
        made.close()


# ---- the troubles: what each section is for

def nothing(_place):
    pass


def first_month(place):
    place.send(50)
    place.await_stored(50)
    wait_until(lambda: place.value(f"select state = 'complete' from report.completeness where month = '{month(1)}-01'"),
               "last month to be complete")


def crash(place):
    place.postgres.kill()
    place.postgres.start()


def bad_messages(place):
    place.kafka.produce_lines(TOPIC, [b"{\"device\": 5}", b"no JSON"])
    place.send(3, back=20)
    wait_until(lambda: place.value("select count(*) from report.dead_letters") == 5, "five dead letters")


def another_topic(place):
    place.kafka.create_topic("old-detections", 1)
    place.send(5, "old-detections")
    place.perform("kansen ingest --topic old-detections --until-end --config /etc/kansen/ingest.conf")
    place.kafka.delete_topic(TOPIC)
    place.kafka.create_topic(TOPIC, 3)
    place.send(7)
    wait_until(lambda: "created again" in place.logs(), "a worker to halt")


def restored_too_far_back(place):
    """What came behind the dump is not in it."""
    place.send(9)
    place.await_stored(place.sent)


def to_be_forgotten(place):
    place.send(1, device="host-7")
    place.await_stored(place.sent)
    place.sent -= 1  # what will be left


TROUBLES = {
    "Each month": first_month,
    "A server is away": crash,
    "Messages are rejected": bad_messages,
    "A topic is another one": another_topic,
    "Are the figures right?": lambda place: place.send(11),
    "A machine is to be forgotten": to_be_forgotten,
    "Recover": restored_too_far_back,
}


def test_what_workers_say_is_what_the_page_has():
    """A message in C may go on in the next line."""
    folders = ("cli", "ingest", "sql")
    sources = "".join(path.read_text(encoding="utf-8") for folder in folders for path in (ROOT / folder).rglob("*.c"))
    messages = re.sub(r'"\s*"', "", sources)
    said = re.findall("`(.*?)`", SAID.search(PAGE.read_text(encoding="utf-8"))[0])
    assert len(said) > 5
    assert [text for text in said if text not in messages] == []


def test_links_lead_to_sections():
    text = PAGE.read_text(encoding="utf-8")
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading, _ in SECTION.findall(text)}
    assert set(re.findall(r"\]\(#(.*?)\)", text)) - anchors == set()
    for name in set(re.findall(r"\]\(([\w-]+\.md)", text)):
        assert (PAGE.parent / name).exists(), name


@pytest.mark.parametrize("heading", sections())
def test_section(place, heading):
    TROUBLES.get(heading, nothing)(place)
    for command in sections()[heading]:
        place.perform(command)
    # Whatever was done, nothing of what was sent is lost or there twice.
    place.await_stored(place.sent)


def test_all_is_well_in_the_end(place):
    place.perform("kansen db verify --config /etc/kansen/ingest.conf")
    said = json.loads(place.perform("kansen status --format json --max-lag 900 --config /etc/kansen/ingest.conf"))
    assert said["state"] == "well", said
    assert place.value("select count(*) from report.dead_letters where replayed_at is null") == 2
    assert place.value("select max(edition) from report.editions") == 2
