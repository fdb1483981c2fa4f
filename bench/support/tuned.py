"""Servers set up as for production: the tests' own (tests/support/servers.py) with the durability
and the memory that a server of this machine's size is given."""

import os
import secrets
import sys

from ground import ROOT

sys.path.insert(0, str(ROOT / "tests/support"))

from servers import Kafka, Postgres, free_ports  # noqa: E402

MEMORY_MB = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def postgres_settings():
    """What PostgreSQL's manual and the usual calculators advise for a database server of so much
    memory on SSDs. A commit is on the disk when it is acknowledged; wal_level is the one that
    allows a standby. All contestants write to the same server."""
    return {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        # As `kansen db check` asks.
        "wal_compression": "lz4",
        "wal_level": "replica",
        "shared_buffers": f"{MEMORY_MB // 4}MB",
        "effective_cache_size": f"{MEMORY_MB * 3 // 4}MB",
        "maintenance_work_mem": f"{min(MEMORY_MB // 16, 2048)}MB",
        "work_mem": "16MB",
        "wal_buffers": "16MB",
        "min_wal_size": "2GB",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        # Ten bytes a transaction, so that the first and the last commit of a run can be told.
        "track_commit_timestamp": "on",
    }


def wal_between_checkpoints():
    """(Bytes of its log after which PostgreSQL begins a checkpoint, bytes of a segment of the log.) It
    wants to be ready with one before the next, and both together to fit into max_wal_size."""
    segment = 16 << 20
    settings = postgres_settings()
    most = int(settings["max_wal_size"].removesuffix("GB")) << 30
    share = 1 + float(settings["checkpoint_completion_target"])
    return (int(most / segment / share) - 1) * segment, segment


class TunedPostgres(Postgres):
    """For JDBC, which knows no Unix sockets, it also listens on a port of the loopback interface:
    there one role can log in, with a password of this run."""

    TCP_USER = "peer"

    def __init__(self):
        self.port = free_ports(1)[0]
        self.password = secrets.token_hex(16)
        super().__init__(listen_addresses="127.0.0.1", port=str(self.port), **postgres_settings())
        (self.data / "pg_hba.conf").write_text(
            "local all all trust\n"
            f"host all {self.TCP_USER} 127.0.0.1/32 scram-sha-256\n", encoding="ascii")

    def start(self):
        super().start()
        connection = self.connect("postgres")
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"create role {self.TCP_USER} login password %s", (self.password,))
        finally:
            connection.close()

    def conninfo(self, database, user="postgres"):
        return f"{super().conninfo(database, user)} port={self.port}"

    def uri(self, database):
        """conninfo without blanks, as superuser."""
        return f"postgresql:///{database}?host={self.folder}&port={self.port}&user=postgres"

    def jdbc_url(self, database):
        return f"jdbc:postgresql://127.0.0.1:{self.port}/{database}"

    def version(self):
        connection = self.connect("postgres")
        try:
            return connection.get_parameter_status("server_version")
        finally:
            connection.close()


class TunedKafka(Kafka):
    """Heap and collector as Apache Kafka's own start script sets them."""

    JAVA = ["java", "-Xms1g", "-Xmx1g", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent",
            "-XX:MaxInlineLevel=15", "-XX:-UsePerfData"]

    # Apache Kafka's defaults where the tests have others, but for the rebalance delay: by default
    # it is 3 s, 0 in the file that Apache Kafka ships. Two workers that are started together are to
    # share the partitions from the beginning.
    SETTINGS = """
num.network.threads=3
num.io.threads=8
offsets.topic.num.partitions=50
transaction.state.log.num.partitions=50
message.max.bytes=1048588
log.cleaner.backoff.ms=15000
authorizer.class.name=
group.min.session.timeout.ms=6000
group.initial.rebalance.delay.ms=300
"""

    def __init__(self):
        super().__init__(settings=self.SETTINGS)

    def version(self):
        """From the folder of its jars: …/kafka-3.9.2/*"""
        return self.classes.rsplit("/", 2)[1].partition("-")[2]
