"""Settings that were meant and are not read, and `kansen config`, which says what counts and why."""

import json

import pytest

EX_USAGE = 64
EX_NOINPUT = 66
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def config(tmp_path):
    def write(text):
        path = tmp_path / "kansen.conf"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


# ---- what is not read

@pytest.mark.parametrize(("name", "said"), [
    ("KANSEN_GEOPI", "KANSEN_GEOPI is no option; did you mean KANSEN_GEOIP?"),
    ("KANSEN_LOGFORMAT", "; did you mean KANSEN_LOG_FORMAT?"),
    ("KANSEN_DATADIR", "; did you mean KANSEN_DATA_DIR?"),
    ("KANSEN_FROBNICATE", "KANSEN_FROBNICATE is no option\n"),
    ("KANSEN_HELP", "KANSEN_HELP is no option"),
])
def test_a_variable_that_nobody_reads_is_a_warning(database, name, said):
    result = database.command("db", "status", env={name: "x"})
    assert f"kansen db status: the environment variable {name} is no option" in result.stderr
    assert said in result.stderr and "UTC" in result.stdout
    lines = database.command("db", "status", "--log-format", "json", env={name: "x"}).stderr.splitlines()
    assert json.loads(lines[0])["level"] == "warning" and name in json.loads(lines[0])["msg"]


def test_variables_of_others_and_empty_ones_are_no_warning(database):
    """Kubernetes gives containers the addresses of a service that is named kansen or kansen-kafka."""
    result = database.command("db", "status", env={
        "KANSEN_SERVICE_HOST": "10.0.0.1", "KANSEN_SERVICE_PORT": "80", "KANSEN_PORT": "tcp://10.0.0.1:80",
        "KANSEN_PORT_80_TCP": "tcp://10.0.0.1:80", "KANSEN_KAFKA_SERVICE_PORT_CLIENT": "9092",
        "KANSEN_KAFKA_PORT_9092_TCP_ADDR": "10.0.0.2", "KANSEN_DATA_DIR": "/nowhere", "KANSEN": "x",
        "KANSEN_TOP": "", "KANSEN_UNTIL_END": "", "KANSEN_KAFKA_SASL_USERNAME": "", "XKANSEN_GEOPI": "x"})
    assert result.stderr == ""


def test_an_empty_variable_takes_nothing_back(kansen, config):
    path = config("top = 3\n")
    shown = kansen.run("config", "stats", "--config", path, env={"KANSEN_TOP": ""}).stdout
    assert f"{path}:1" in shown


@pytest.mark.parametrize("words", [["stats", "--from", ""], ["stats", "--from="], ["report", "-o", ""],
                                   ["load", "--geoip=", "x"], ["threat", "set", "x", "--match", ""],
                                   ["ingest", "-b", "", "-t", "t"]], ids=" ".join)
def test_an_empty_value_is_refused(kansen, words):
    """Mostly a variable of a script that is not set: what counts unless given could be wrong."""
    said = kansen.run(*words, code=EX_USAGE).stderr
    assert "needs a value" in said and "it is empty" in said


def test_an_empty_conninfo_is_libpqs_own(database):
    env = {"PGHOST": str(database.postgres.folder), "PGUSER": "postgres", "PGDATABASE": database.name}
    assert "UTC" in database.kansen.run("db", "status", "--db", "", env=env).stdout


@pytest.mark.parametrize(("text", "said"), [
    ("geopi = x\n", ':1: unknown key "geopi"; did you mean geoip?'),
    ("\nlog_format = json\n", ":2: unknown key \"log_format\"; did you mean log-format?"),
    ("sasl.username = x\n", "; properties of librdkafka stand under [kafka]"),
    ("frobnicate = x\n", ':1: unknown key "frobnicate"\n'),
    ("top =\n", ":1: top has no value"),
])
def test_a_key_that_is_not_known_is_refused_with_the_nearest(kansen, config, text, said):
    assert said in kansen.run("config", "--config", config(text), code=EX_USAGE).stderr


@pytest.mark.parametrize(("line", "said"), [
    ("sasl.usrename = x", "librdkafka has no such property; did you mean sasl.username?"),
    ("frobnicate = x", "librdkafka has no such property\n"),
    ("fetch.max.bytes = many", "fetch.max.bytes"),
    ("isolation.level = read_uncommitted", "always read_committed here"),
    ("group.id = x", "use --group"),
], ids=lambda value: value.split(" ")[0])
def test_a_property_is_checked_before_it_is_needed(kansen, config, line, said):
    path = config(f"topic = x\nbrokers = x\n[kafka]\n{line}\n")
    result = kansen.run("config", "ingest", "--config", path, code=EX_USAGE)
    assert f"{path}:4: -X " in result.stderr and said in result.stderr
    assert f"{path}:4" in result.stdout
    # Of all commands, or of one that does nothing with it, it is left alone.
    kansen.run("config", "--config", path)
    kansen.run("config", "stats", "--config", path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(kansen, config):
    path = config(BOM + "top = 3\r\n".encode())
    assert f"{path}:1" in kansen.run("config", "--config", path).stdout


@pytest.mark.parametrize("text", ["log-format = json\ngeopi = x\n", "geopi = x\nlog-format = json\n",
                                  "[no such\n", "top\nlog-format=json\n"])
def test_mistakes_in_a_file_that_says_json_are_json(kansen, config, text):
    path = config(text)
    said = kansen.run("stats", "--config", path, code=EX_USAGE).stderr
    if "log-format" in text:
        assert json.loads(said)["level"] == "error" and json.loads(said)["command"] == "stats"
    else:
        assert said.startswith("kansen stats: ")
    assert kansen.run("stats", f"--config={path}", code=EX_USAGE).stderr[0] == said[0]
    assert kansen.run("stats", "--config", path, "--log-format", "logfmt",
                      code=EX_USAGE).stderr.startswith("kansen stats: ")


def test_a_mistyped_option_is_json_when_the_file_says_so(kansen, config):
    path = config("log-format = json\n")
    said = kansen.run("stats", "--fromat", "x", "--config", path, code=EX_USAGE).stderr
    assert "did you mean --format?" in json.loads(said)["msg"]


# ---- what would have no effect

@pytest.mark.parametrize(("words", "way"), [
    (["ingest", "-b", "x", "-t", "t"], "with --until-end"),
    (["dead-letters", "relay", "-b", "x", "-t", "t", "--follow"], "without --follow"),
])
def test_wait_without_an_end_is_refused(kansen, config, words, way):
    said = kansen.run(*words, "--wait", "5", code=EX_USAGE).stderr
    assert f"--wait is for runs that end, {way}" in said
    # In a file for all commands it may stand.
    path = config("wait = 5\n")
    said = kansen.run(*words, "--config", path, "--db", "host=/nowhere", code=None).stderr
    assert "--wait" not in said


def test_nothing_is_said_to_have_stopped_that_did_not_begin(kansen, database):
    """The error alone says all there is."""
    for words in (["ingest", "--until-end"], ["dead-letters", "relay"]):
        said = database.command(*words, "-b", "127.0.0.1:1", "-t", "t", "-X", "no.such.property=1",
                                code=78).stderr
        assert "no.such.property" in said and "stopped" not in said and "accepted" not in said


# ---- kansen config

def shown(kansen, *words, **options):
    rows = json.loads(kansen.run("config", *words, "--format", "json", **options).stdout)["options"]
    return {row["option"]: row for row in rows if row["option"] != "property"}, \
        [row for row in rows if row["option"] == "property"]


def test_each_setting_and_its_place(kansen, config):
    path = config("# for all\ntop = 1\nfrom = 2013-09\n\ngeoip = a.mmdb\nunique = true\n")
    env = {"KANSEN_GEOIP": "b.mmdb", "KANSEN_UNIQUE": "false", "KANSEN_GROUP": "g"}
    rows, properties = shown(kansen, "--config", path, "--top", "7", "--top", "9", env=env)

    def of(name):
        return [rows[name][key] for key in ("value", "source", "place", "secret")]

    assert of("top") == ["9", "command line", "--top", False]
    assert of("geoip") == ["b.mmdb", "environment", "KANSEN_GEOIP", False]
    assert of("unique") == ["false", "environment", "KANSEN_UNIQUE", False]
    assert of("from") == ["2013-09", "file", f"{path}:3", False]
    assert of("config") == [str(path), "command line", "--config", False]
    assert of("to") == ["by command", "default", None, False]
    assert of("raw") == ["false", "default", None, False]
    assert of("timezone") == ["UTC", "default", None, False]
    assert properties == [{"option": "property", "value": None, "secret": False, "source": "default",
                           "place": None}]


def test_settings_of_one_command(kansen):
    rows, _ = shown(kansen, "load")
    assert rows["max-age"]["value"] == "36525" and "top" not in rows
    rows, _ = shown(kansen, "dead-letters", "replay")
    assert rows["max-age"]["value"] == "400" and "help" not in rows
    table = kansen.run("config", "ingest", "--until-end").stdout
    assert "until-end         true" in table and table.count("\n") > 10
    assert "did you mean stats?" in kansen.run("config", "statz", code=EX_USAGE).stderr
    assert "did you mean json?" in kansen.run("config", "--format", "jsn", code=EX_USAGE).stderr


def test_formats_of_others_are_shown_and_do_not_matter(kansen, config):
    rows, _ = shown(kansen, "report", "--config", config("format = md\nlang = ja\n"))
    assert rows["format"]["value"] == "md" and rows["lang"]["value"] == "ja"


@pytest.mark.parametrize(("words", "env", "refused"), [
    (("stats", "--lang", "fr"), {}, "--lang fr: not one of en, de, ja"),
    (("stats",), {"KANSEN_LANG": "en,fr"}, "--lang fr: not one of"),
    (("stats",), {"KANSEN_FORMAT": "jsn"}, "--format jsn: not one of table, json, csv; did you mean json?"),
    (("report", "--from", "2013-9"), {}, "did you mean 2013-09?"),
    (("dead-letters", "list"), {"KANSEN_REASON": "bad_tiem"}, "did you mean bad_time?"),
    (("stats", "--top", "251"), {}, "--top"),
    (("ingest",), {"KANSEN_MAX_AGE": "36526"}, "max-age"),
    (("ingest", "--wait", "0"), {}, "--wait"),
    (("report",), {"KANSEN_SUPPRESS_BELOW": "many"}, "suppress-below"),
    (("simulate", "--event-format", "my.format"), {}, "not one of kansen, ocsf, ecs, cloudevents"),
])
def test_a_value_that_the_command_would_refuse_is_shown_and_refused(kansen, words, env, refused):
    result = kansen.run("config", *words, env=env, code=EX_USAGE)
    assert refused in result.stderr and "default" in result.stdout


def test_what_would_have_no_say_in_the_command_is_refused(kansen):
    result = kansen.run("config", "load", "--lang", "de", code=EX_USAGE)
    assert "load has no --lang; " in result.stderr and "editions render have" in result.stderr and result.stdout == ""
    for env in ({"KANSEN_FORMAT": "html,csv"}, {"KANSEN_LANG": "de,ja"}, {"KANSEN_FROM": "2013-09"}, {}):
        assert "default" in kansen.run("config", "stats", "--format", "table", env=env).stdout


def test_secrets_are_not_shown(kansen, config):
    path = config("db = host=x password=canary\n[kafka]\nsasl.username = me\nsasl.password = canary\n"
                  "ssl.key.pem = canary\n")
    path.chmod(0o600)
    env = {"KANSEN_KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET": "canary"}
    words = ["config", "--config", path, "-X", "fetch.wait.max.ms=1"]
    for form in ("table", "json"):
        said = kansen.run(*words, "--format", form, env=env)
        assert "canary" not in said.stdout + said.stderr and "********" in said.stdout
    rows, properties = shown(kansen, *words[1:], env=env)
    assert rows["db"]["secret"] and rows["db"]["value"] == "********"
    assert [(each["value"], each["source"]) for each in properties] == [
        ("sasl.username=me", "file"), ("sasl.password=********", "file"), ("ssl.key.pem=********", "file"),
        ("sasl.oauthbearer.client.secret=********", "environment"),
        ("fetch.wait.max.ms=1", "command line")]


def test_what_nobody_knows_may_be_a_secret_whose_name_was_mistyped(kansen, config):
    path = config("db = host=x pasword=canary\n[kafka]\nsasl.pasword = canary\nsasl.username = me\n")
    for form in ("table", "json"):
        result = kansen.run("config", "--config", path, "--format", form)
        assert "canary" not in result.stdout and "sasl.pasword=********" in result.stdout
        assert "sasl.username=me" in result.stdout


@pytest.mark.parametrize("words", [
    ("--db", "host=x oauth_client_secret=canary"), ("--db", "host=x scram_client_key = canary"),
    ("--db", "host=x scram_server_key=canary"), ("-X", "sasl.oauthbearer.assertion.private.key.passphrase=canary"),
    ("-X", "sasl.oauthbearer.assertion.private.key.pem=canary"), ("-X", "sasl.oauthbearer.client.secret=canary"),
])
def test_what_stands_for_a_password_is_refused_on_the_command_line(kansen, words):
    """Also those of newer versions of libpq and librdkafka than this one."""
    result = kansen.run("ingest", *words, code=64)
    assert "does not belong on a command line" in result.stderr and "canary" not in result.stderr


def test_values_of_options_that_repeat(kansen, config):
    path = config("lang = de\nlang = en\nmatch = A*\n")
    rows = json.loads(kansen.run("config", "--config", path, "--match", "B*", "--match", "C*", "--format",
                                 "json").stdout)["options"]
    values = [(row["option"], row["value"]) for row in rows if row["option"] in ("lang", "match")]
    assert values == [("lang", "de"), ("lang", "en"), ("match", "B*"), ("match", "C*")]


def test_a_file_that_is_missing(kansen):
    assert "--config /nonexistent: No such file" in kansen.run("config", "--config", "/nonexistent", code=EX_NOINPUT).stderr
