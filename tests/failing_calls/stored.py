"""What a database holds, in words instead of ids, so that two of them can be compared; and the way
back to how it was before a run."""

# Dictionaries may hold more than is used: adding a name commits at once and harms nobody.
STATE = {
    "detections": "select event_time, device_id, event_id, malware_name, vendor, product, version,"
                  " action, country, host(address), sha256 from report.detections",
    "infections": "select t.name, i.month, i.device_id, i.country, i.first_seen, i.first_event_id"
                  " from kansen.infection i join kansen.threat t using (threat_id)",
    "counts": "select threat, month, country, infections, detections"
              " from report.country_infections",
    # What PostgreSQL says about a refused row holds ids.
    "letters": "select topic, partition, \"offset\", reason,"
               " case when reason = 'store' then '' else detail end, key, value"
               " from kansen.dead_letter",
    "offsets": "select topic, partition, next_offset, last_offset, fingerprint"
               " from kansen.kafka_offset where next_offset > 0",
    "geoip": "select built_at from kansen.geoip_database",
    "look-ups": "select month, state, built_at from report.geoip_builds",
}
# Emptied before each run; what was there at the start comes back.
TABLES = ("detection", "infection", "infection_count", "count_change", "dead_letter", "kafka_offset",
          "kafka_partition", "geoip_use", "geoip_database", "malware_name", "product", "action")


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def read(database):
    """{what: the set of its rows}; rows that are there twice fail."""
    state = {}
    for name, statement in STATE.items():
        rows = [tuple(map(_plain, row)) for row in database.sql(statement)]
        assert len(set(rows)) == len(rows), f"{name} twice: {rows}"
        state[name] = set(rows)
    return state


def differences(found, expected):
    """Lines of what is missing and what should not be there."""
    lines = []
    for name in expected:
        for row in found[name] ^ expected[name]:
            lines.append(f"{'+' if row in found[name] else '-'} {name}: {row}")
    return sorted(lines)


def save(database):
    """Remembers how the database is."""
    database.sql("create schema saved")
    for table in TABLES:
        database.sql(f"create table saved.{table} as table kansen.{table}")


def restore(database):
    """Puts it back, in one transaction."""
    statements = [f"delete from kansen.{table}" for table in TABLES]
    statements += [f"insert into kansen.{table} overriding system value table saved.{table}"
                   for table in reversed(TABLES)]
    database.sql(";".join(statements))
