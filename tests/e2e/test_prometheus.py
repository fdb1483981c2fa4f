"""A real Prometheus scrapes workers; the alert rules, the dashboard and docs/watching.md know the metrics
that there are, and no others."""

import contextlib
import json
import pathlib
import re
import subprocess
import tempfile
import urllib.parse
import urllib.request

import pytest

from servers import end, free_ports, need, spawn, wait_until
from test_intake_lines import make_lines
from watched import Watched, families

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "docker/prometheus"
DASHBOARD = ROOT / "docker/grafana/kansen.json"
NAMES = re.compile(r"\b(?:kansen|process)_[a-z_]+\b")
VARIABLES = {"$instance": ".*", "$topic": ".*", "$__rate_interval": "30s"}


class Prometheus:
    """A server of its own, which scrapes some ports of this machine each second."""

    def __init__(self, folder, ports):
        need("prometheus", "promtool")
        self.log = folder / "log"
        self.port, = free_ports(1)
        targets = [f"127.0.0.1:{port}" for port in ports]
        # As docker/prometheus/prometheus.yml, but for where the workers are.
        (folder / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(PROMETHEUS / "alerts.yml")],
            "scrape_configs": [{"job_name": "kansen", "static_configs": [{"targets": targets}]}]}),
            encoding="utf-8")
        with self.log.open("wb") as log:
            self.process = spawn(["prometheus", f"--config.file={folder}/prometheus.yml",
                                  f"--storage.tsdb.path={folder}/data",
                                  f"--web.listen-address=127.0.0.1:{self.port}"], log)

    def get(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}?{query}", timeout=20) as answer:
            return json.load(answer)["data"]

    def ask(self, query):
        """[(labels, value)] of an instant query."""
        return [(each["metric"], float(each["value"][1])) for each in self.get("query", query=query)["result"]]

    def answers(self):
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")[-2000:]
        with contextlib.suppress(OSError):
            return self.get("query", query="up")
        return None

    def close(self):
        end(self.process, 15)


@pytest.fixture
def prometheus():
    started = []
    with tempfile.TemporaryDirectory() as folder:
        def start(*ports):
            started.append(Prometheus(pathlib.Path(folder), ports))
            wait_until(started[0].answers, "Prometheus to start", patience_s=60)
            return started[0]
        yield start
        for each in started:
            each.close()


def queries():
    """(panel, expression) of the dashboard."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [(panel["title"], target["expr"]) for panel in panels for target in panel.get("targets", ())]


def substituted(expression):
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    assert "$" not in expression, expression
    return expression


def test_workers_that_are_scraped(kafka, topic, database, prometheus, mmdb):
    name = topic(2)
    options = ("--listen", "0", "--log-format", "json", "--max-age", "9000", "--geoip", mmdb)
    workers = [Watched(database.start_ingest(kafka, name, *options)) for _ in range(2)]
    running = [each.worker for each in workers]
    server = prometheus(*[each.port for each in workers])

    def total(metric):
        return sum(value for _, value in server.ask(metric))

    def figures():
        lags = server.ask("kansen_partition_lag_events")
        return {"ready": total("kansen_ready"), "partitions": [value for _, value in server.ask("kansen_partitions")],
                "accepted": total("kansen_events_accepted_total"), "rejected": total("kansen_events_rejected_total"),
                "looked up": total("kansen_geoip_lookups_total"),
                "lag": sorted((labels["topic"], labels["partition"], value) for labels, value in lags)}

    def wait_for(**counts):
        # Each partition is somebody's, and nobody else's.
        wanted = {"ready": 2, "partitions": [1, 1], "lag": [(name, "0", 0), (name, "1", 0)], **counts}
        try:
            wait_until(lambda: figures() == wanted, f"these figures: {wanted}", running)
        except AssertionError:
            assert figures() == wanted
            raise
    # Events come when nobody hands a partition on any more: what is read twice would be looked up twice.
    wait_for(**{"accepted": 0, "rejected": 0, "looked up": 0})
    address = [json.loads(line) | {"ip": "203.0.113.7"} for line in make_lines(30)]
    for event in address:
        del event["country"]
    kafka.produce_lines(name, [json.dumps(event).encode() for event in address] + [b"nonsense"], 0)
    kafka.produce_lines(name, make_lines(20, 100) + [b"[]"], 1)
    wait_for(**{"accepted": 50, "rejected": 2, "looked up": 30})
    for target in server.get("targets")["activeTargets"]:
        assert target["health"] == "up" and target["lastError"] == "", target
    for rule in [rule["name"] for group in server.get("rules")["groups"] for rule in group["rules"]]:
        wait_until(lambda rule=rule: evaluated(server, rule), "the rule to be evaluated", running)
    # What is only there while something is wrong need not be.
    for title, expression in queries():
        query = substituted(expression)
        if not query.endswith("> 0"):
            wait_until(lambda query=query: server.ask(query), f"figures of '{title}': {query}", running)
        else:
            server.ask(query)
    running[1].kill()
    wait_until(lambda: sorted(value for _, value in server.ask("up")) == [0, 1], "the dead one to be seen",
               running[:1])
    wait_until(lambda: any(alert["labels"]["alertname"] == "KansenWorkerDown"
                           for alert in server.get("alerts")["alerts"]), "the alert to be pending", running[:1])
    running[0].terminate()


def evaluated(server, name):
    rule, = [each for group in server.get("rules")["groups"] for each in group["rules"] if each["name"] == name]
    assert rule["health"] != "err", rule
    return rule["health"] == "ok"


def test_alert_rules():
    need("promtool")
    for command in (["check", "config", "--syntax-only", "prometheus.yml"], ["check", "rules", "alerts.yml"],
                    ["test", "rules", "alerts.test.yml"]):
        done = subprocess.run(["promtool", *command], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_every_alert_is_tested():
    alerts = re.findall(r"- alert: (\w+)", (PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))
    tests = (PROMETHEUS / "alerts.test.yml").read_text(encoding="utf-8")
    assert len(alerts) == len(set(alerts)) > 10
    for name in alerts:
        silent = re.findall(rf"eval_time: \w+, alertname: {name}}}", tests)
        fires = re.findall(rf"alertname: {name}\n +exp_alerts:\n", tests)
        assert silent and fires, name


def test_all_know_the_same_metrics(kafka, topic, database, mmdb):
    watched = Watched(database.start_ingest(kafka, topic(1), "--listen", "0", "--log-format", "json", "--geoip", mmdb,
                                            group="others"))
    wait_until(watched.is_ready, "the worker to be ready", [watched.worker])
    kinds = families(watched.ask("/metrics")[2])
    listed = dict(re.findall(r"^\| `([a-z_]+)(?:\{[^`]*\})?` \| (\w+) \|",
                             (ROOT / "docs/watching.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == kinds
    samples = {f"{name}{end}" for name, kind in kinds.items()
               for end in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))}
    texts = [expression for _, expression in queries()]
    texts += re.findall(r"expr: (?:>-\n)?((?:.|\n)*?)\n +(?:for|labels):",
                        (PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))
    used = {name for text in texts for name in NAMES.findall(text)}
    assert used <= samples
    # What nobody looks at need not be measured.
    unused = {"kansen_worker_info", "process_virtual_memory_bytes", "process_open_fds", "process_max_fds"}
    seen = {re.sub("_(bucket|sum|count)$", "", name) if name not in kinds else name for name in used}
    assert set(kinds) - seen <= unused
    watched.worker.terminate()


def test_the_page_lists_every_alert():
    rules = (PROMETHEUS / "alerts.yml").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(Kansen\w+)` \| (\w+) \|", (ROOT / "docs/watching.md").read_text(encoding="utf-8"),
                        re.MULTILINE)
    stated = re.findall(r"- alert: (\w+)\n(?: +.*\n)*? +labels: \{severity: (\w+)\}", rules)
    assert sorted(listed) == sorted(stated)
