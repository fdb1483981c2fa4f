"""Real servers for the tests: a private PostgreSQL cluster on a socket, a private Apache Kafka on
free loopback ports. Each lives in its own temporary folder and dies with the test process."""

import base64
import contextlib
import fcntl
import itertools
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

import psycopg2
from confluent_kafka.admin import (RESOURCE_TOPIC, AdminClient, ConfigResource, NewPartitions,
                                   NewTopic)

import other_versions
from other_versions import Missing

KAFKA_FILES = pathlib.Path(__file__).resolve().parents[1] / "kafka"
# How long a server may take to start or stop on a busy machine before the test gives up.
SERVER_PATIENCE_S = 120
ADMIN_PATIENCE_S = 60


# What belongs to a database and does not lie in it: a copy has none of its settings.
COPY_SETTINGS = ("set allow_system_table_mods = on;"
                 " insert into pg_db_role_setting select copy.oid, setrole, setconfig"
                 " from pg_database copy, pg_database model join pg_db_role_setting on setdatabase = model.oid"
                 " where copy.datname = %s and model.datname = %s")


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            raise Missing(f"{program} is not installed")


def wait_until(condition, what, workers=(), patience_s=SERVER_PATIENCE_S, pause_s=0.05):
    """Returns condition()'s first true value; fails, naming `what`, when none comes or when one of
    the running programs that should bring it about has ended."""
    deadline = time.monotonic() + patience_s
    while True:
        value = condition()
        if value:
            return value
        for worker in workers:
            assert worker.alive(), f"{what}: a worker has ended: {worker.said()[-3000:]}"
        if time.monotonic() > deadline:
            words = "".join(f"\n{worker.said()[-2000:]}" for worker in workers)
            raise AssertionError(f"waited {patience_s} s in vain: {what}{words}")
        time.sleep(pause_s)


def spawn(command, log, user=None, stop_signal="TERM", environment=None):
    """Starts a server that gets stop_signal should this process die without a word."""
    identity = []
    if user is not None:
        identity = [f"--reuid={user}", f"--regid={user}", "--init-groups"]
    return subprocess.Popen(
        ["setpriv", *identity, "--pdeathsig", stop_signal, "--", *command],
        stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment)


def end(process, number):
    """Sends the signal to a process we started and waits; kills it past the patience."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(SERVER_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def installed_postgres():
    """The folder of the newest programs of PostgreSQL that are installed."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"),
                   key=lambda path: float(path.parent.name))
    if not found:
        raise Missing("PostgreSQL's server programs are not installed")
    return found[-1]


class Postgres:
    """A cluster without TCP: superuser `postgres`, no password, socket in a folder of mode 0700.
    With `standby_of`, a copy of another that follows it; with `backup`, a folder of pg_basebackup;
    `arrange` may prepare the place in which the cluster will lie, and return more options of
    initdb. `programs` are those of another version than KANSEN_POSTGRES names (postgres-18), which
    is the newest that is installed."""

    SETTINGS = {
        "listen_addresses": "",
        "max_connections": "50",
        "shared_buffers": "64MB",
        # Hundreds of monthly partitions are locked by one migration.
        "max_locks_per_transaction": "1024",
        # Only a crash of the machine could lose commits, SIGKILL of any process can not.
        "synchronous_commit": "on",
        "fsync": "off",
        "log_min_messages": "warning",
    }

    def __init__(self, standby_of=None, backup=None, programs=None,
                 arrange=lambda postgres: (), **settings):
        need("setpriv")
        self.bin = programs or other_versions.chosen_postgres() or installed_postgres()
        # Of a version that was fetched: its server loads libpq late, by name.
        self.environment = {**os.environ, "LD_LIBRARY_PATH": str(self.bin.parent / "lib")}
        self.user = None
        self.process = None
        # Directly below TMPDIR: a socket's path is limited to 107 bytes.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pg"))
        if os.geteuid() == 0:
            try:
                account = pwd.getpwnam("postgres")
            except KeyError as error:
                raise Missing("no user `postgres` to run the server as") from error
            self.user = "postgres"
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.data = self.folder / "data"
        if backup is not None:
            self.run("cp", "--recursive", "--preserve=mode", f"{backup}/.", self.data)
        elif standby_of is None:
            options = arrange(self)
            self.run("initdb", "--pgdata", self.data, "--username=postgres", "--auth=trust",
                      "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", *options)
        else:
            self.run("pg_basebackup", "--pgdata", self.data, "--checkpoint=fast", "--no-sync",
                      "--write-recovery-conf", "--dbname", standby_of.conninfo("postgres"))
        with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as file:
            file.write(f"unix_socket_directories = '{self.folder}'\n")
            for name, value in {**self.SETTINGS, **settings}.items():
                file.write(f"{name} = '{value}'\n")

    def run(self, program, *arguments):
        """Runs one of PostgreSQL's programs, or another, as the user of the cluster."""
        identity = []
        if self.user is not None:
            identity = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--init-groups",
                        "--"]
        own = self.bin / program
        done = subprocess.run([*identity, str(own) if own.exists() else program, *map(str, arguments)],
                              cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        assert done.returncode == 0, f"{program} failed: {done.stdout[-3000:]}"
        return done.stdout

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = spawn([str(self.bin / "postgres"), "-D", str(self.data)], log,
                                 self.user, stop_signal="INT", environment=self.environment)
        wait_until(self._answers, "PostgreSQL to start")

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError("PostgreSQL ended at once: " + self.log()[-2000:])
        try:
            self.connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self):
        """Fast shutdown: open transactions are rolled back."""
        end(self.process, signal.SIGINT)

    def kill(self):
        """Immediate shutdown, as in a crash: recovers from its log at the next start."""
        end(self.process, signal.SIGQUIT)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def everyone(self):
        """All servers of which it consists."""
        return [self]

    def admin(self, statement, parameters=None, database="postgres"):
        """A statement of the superuser's that returns nothing."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
        finally:
            connection.close()

    def create_database(self, name, template=None):
        # file_copy: nothing of it is written twice, as it would be by way of the log.
        self.admin(f"create database {name}" + (f" template {template} strategy file_copy" if template else ""))
        if template:
            self.admin(COPY_SETTINGS, (name, template))

    def drop_database(self, name):
        self.admin(f"drop database if exists {name} with (force)")

    def distribute(self, database):
        """A Database that `kansen db init` has just made: citus.py has something to do."""

    def conninfo(self, database, user="postgres"):
        return f"host={self.folder} user={user} dbname={database}"

    def connect(self, database, user="postgres"):
        connection = psycopg2.connect(self.conninfo(database, user))
        connection.autocommit = True
        return connection


def prepared_kafka(classes):
    """A folder with what halves the start of this Apache Kafka: `classes.jsa`, its classes as they lie in Java's
    memory, and `data`, a node's folder as Kafka's own tool formats it. Made once a machine, anew for another
    Java or jars that were fetched again; None while another test makes it."""
    java = pathlib.Path(shutil.which("java")).resolve()
    folder = classes.with_name(f"{classes.name}-prepared-{int(java.stat().st_mtime)}-{int(classes.stat().st_mtime)}")
    if folder.exists():
        return folder
    with open(f"{folder}.lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        if folder.exists():
            return folder
        fresh = pathlib.Path(tempfile.mkdtemp(dir=folder.parent))
        try:
            broker = Kafka(prepared=False)
            broker.java = [f"-XX:ArchiveClassesAtExit={fresh}/classes.jsa"]
            try:
                shutil.copytree(broker.folder / "data", fresh / "data")
                broker.start()
                broker.create_topic("prepared", 1)
                broker.produce("prepared", [b"message"])
                broker.consume("prepared")
                broker.stop()
            finally:
                broker.close()
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return folder


class Kafka:
    """One node, broker and controller, that keeps its ports over stop and start. Alone unless
    `ports` holds the (client, controller) ports of several nodes by number. `prepared`: by prepared_kafka."""

    JAVA = ["java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]

    def __init__(self, node=1, ports=None, settings="", prepared=True):
        need("java", "kcat", "setpriv")
        classes = other_versions.kafka_classes()
        prepared = prepared_kafka(classes) if prepared else None
        # More options of Java.
        self.java = [f"-XX:SharedArchiveFile={prepared}/classes.jsa"] if prepared else []
        self.classes = f"{classes}/*"
        # Where the tools lie: those of one release moved to another package in the next.
        self.admin = "kafka.admin" if classes.name.startswith("kafka-3") else "org.apache.kafka.tools"
        self.process = None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kafka"))
        ports = ports or {node: free_ports(2)}
        client, controller = ports[node]
        voters = ",".join(f"{number}@127.0.0.1:{pair[1]}" for number, pair in ports.items())
        self.brokers = f"127.0.0.1:{client}"
        self.properties = self.folder / "server.properties"
        self.properties.write_text(
            (KAFKA_FILES / "server.properties").read_text(encoding="utf-8")
            + f"node.id={node}\n"
            + f"controller.quorum.voters={voters}\n"
            + f"listeners=PLAINTEXT://{self.brokers},CONTROLLER://127.0.0.1:{controller}\n"
            + f"advertised.listeners=PLAINTEXT://{self.brokers}\n"
            + f"log.dirs={self.folder}/data\n" + settings, encoding="utf-8")
        self.prepared, self.node = prepared, node
        self.format()

    def format(self):
        """A disk with nothing on it."""
        if self.prepared:
            self._copy_format(self.prepared, self.node)
        else:
            self._java("kafka.tools.StorageTool", "format", "--config", self.properties,
                       "--cluster-id", "kansenTestsKansenTests")

    def _copy_format(self, prepared, node):
        """The folder's own name apart, and the node's, they are the same for all."""
        shutil.copytree(prepared / "data", self.folder / "data")
        about = self.folder / "data/meta.properties"
        lines = about.read_text(encoding="ascii")
        place = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
        for name, value in {"node.id": node, "directory.id": place}.items():
            lines = re.sub(rf"^{name}=.*$", f"{name}={value}", lines, flags=re.MULTILINE)
        about.write_text(lines, encoding="ascii")

    def _command(self, name, *arguments):
        return [*self.JAVA, *self.java, f"-Djava.io.tmpdir={self.folder}",
                f"-Dlog4j.configuration=file:{KAFKA_FILES}/log4j.properties",
                "-cp", self.classes, name, *map(str, arguments)]

    def _java(self, name, *arguments):
        done = subprocess.run(self._command(name, *arguments), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{name} failed: {done.stdout}{done.stderr}"
        return done.stdout

    def launch(self):
        with open(self.folder / "log", "ab") as log:
            self.process = spawn(self._command("kafka.Kafka", self.properties), log)

    def start(self):
        self.launch()
        wait_until(self.answers, "Apache Kafka to start")

    def answers(self):
        """Whether it serves clients; fails when its process has ended."""
        if self.process.poll() is not None:
            raise AssertionError("Apache Kafka ended at once: " + self.log()[-2000:])
        listed = subprocess.run(["kcat", "-q", "-b", self.brokers, "-L", "-m", "2"],
                                stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return listed.returncode == 0

    def stop(self):
        end(self.process, signal.SIGTERM)

    def kill(self):
        end(self.process, signal.SIGKILL)

    def close(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    # Changes that librdkafka can ask for are made by it: Apache Kafka's own tools need seconds each
    # to start.

    def _administer(self, what, objects, **options):
        """Calls a function of the admin client, which has to live until it is done."""
        admin = AdminClient({"bootstrap.servers": self.brokers})
        for future in getattr(admin, what)(objects, **options).values():
            future.result(ADMIN_PATIENCE_S)

    def create_topic(self, name, partitions, **config):
        """config: topic properties with underscores for dots."""
        self._administer("create_topics", [NewTopic(name, partitions, 1, config=_dotted(config))],
                         operation_timeout=ADMIN_PATIENCE_S)

    def delete_topic(self, name):
        self._administer("delete_topics", [name], operation_timeout=ADMIN_PATIENCE_S)

    def add_partitions(self, name, total):
        self._administer("create_partitions", [NewPartitions(name, total)],
                         operation_timeout=ADMIN_PATIENCE_S)

    def set_topic(self, name, **config):
        """Gives a topic these properties, named as for create_topic, and no others."""
        self._administer("alter_configs", [ConfigResource(RESOURCE_TOPIC, name, _dotted(config))])

    def delete_records(self, topic, partition, offset):
        """Takes everything in front of the offset away, as retention does."""
        wanted = {"version": 1, "partitions": [
            {"topic": topic, "partition": partition, "offset": offset}]}
        path = self.folder / "delete-records.json"
        path.write_text(json.dumps(wanted), encoding="utf-8")
        self._java("org.apache.kafka.tools.DeleteRecordsCommand", "--bootstrap-server",
                   self.brokers, "--offset-json-file", path)

    def deny_reading(self, kind, name):
        """Takes everybody's right to read a topic or to be in a group away."""
        self._acl("--add", kind, name)

    def allow_reading(self, kind, name):
        """The opposite of deny_reading."""
        self._acl("--remove", kind, name)

    def _acl(self, change, kind, name):
        self._java(f"{self.admin}.AclCommand", "--bootstrap-server", self.brokers, change, "--force",
                   f"--{kind}", name, "--operation", "Read", "--deny-principal", "User:ANONYMOUS")

    def produce(self, topic, messages, partition=None):
        """Sends each of `messages` (bytes, or None for a tombstone) in order. Any bytes will do:
        kcat reads each message from a file of its own."""
        with tempfile.TemporaryDirectory() as folder:
            for kind, run in itertools.groupby(
                    messages, key=lambda message: "bytes" if message else repr(message)):
                self._produce_run(topic, list(run), kind, partition, folder)

    def _produce_run(self, topic, messages, kind, partition, folder):
        options = ["-P", "-q", "-b", self.brokers, "-t", topic, "-X", "message.max.bytes=4194304"]
        if partition is not None:
            options += ["-p", str(partition)]
        if kind != "bytes":
            # kcat leaves out empty files; a line that ends after its key is an empty message.
            options += ["-K", ":"] + (["-Z"] if messages[0] is None else [])
            subprocess.run(["kcat", *options], check=True, input=b"key:\n" * len(messages))
            return
        names = []
        for number, message in enumerate(messages):
            path = pathlib.Path(folder) / str(number)
            path.write_bytes(message)
            names.append(str(path))
        subprocess.run(["kcat", *options, *names], check=True, stdin=subprocess.DEVNULL)

    def produce_lines(self, topic, lines, partition=None, codec="none"):
        """Sends many messages that hold no newline, in order, through one kcat."""
        options = ["-z", codec] + ([] if partition is None else ["-p", str(partition)])
        subprocess.run(["kcat", "-P", "-q", "-b", self.brokers, "-t", topic, *options],
                       input=b"".join(line + b"\n" for line in lines), check=True)

    def consume(self, topic, envelope=True):
        """Everything in the topic, as lines of `kcat -J` or as the messages themselves."""
        done = subprocess.run(
            ["kcat", "-C", "-q", "-e", "-b", self.brokers, "-t", topic, "-o", "beginning",
             *(["-J"] if envelope else [])],
            stdin=subprocess.DEVNULL, capture_output=True, check=True)
        return done.stdout


def _dotted(config):
    return {name.replace("_", "."): str(value) for name, value in config.items()}


class KafkaCluster:
    """Three nodes that keep everything three times: what is acknowledged survives the death of any
    one of them. For librdkafka's clients; the tools of Kafka are at each of `nodes`."""

    SIZE = 3
    SETTINGS = """
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
# One that died is missed after seconds, and others lead its partitions.
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
# A broker that came back leads its partitions again soon: another change of leaders.
leader.imbalance.check.interval.seconds=3
leader.imbalance.per.broker.percentage=0
# Controllers of a quorum would have to be let in before they can read who may come in.
authorizer.class.name=
"""

    def __init__(self):
        numbers = range(1, self.SIZE + 1)
        free = free_ports(2 * self.SIZE)
        ports = {number: free[2 * number - 2:2 * number] for number in numbers}
        self.nodes = [Kafka(number, ports, self.SETTINGS) for number in numbers]
        self.brokers = ",".join(node.brokers for node in self.nodes)

    def start(self):
        # None of them answers before most of them are there.
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            wait_until(node.answers, "Apache Kafka's cluster to start")

    def close(self):
        for node in self.nodes:
            node.close()


def free_ports(count):
    """Ports of the loopback interface that were free a moment ago, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
