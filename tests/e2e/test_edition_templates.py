"""`publish --template DIR`: an edition keeps the dress that it was made in, whatever becomes of DIR."""

import hashlib
import pathlib
import shutil

import pytest

from test_editions import EVENTS, LATE, WINDOW, editions, publish, read, show

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "docs/template-example"
EX_DATAERR, EX_NOINPUT, EX_CONFIG = 65, 66, 78
PAGE = "worms-2024-01-2024-03-edition-{}.en.html"
# README of the example is nobody's business.
KEPT = ("en.messages", "ja.messages", "logo.svg", "logo.txt", "sections.txt", "style.css")


@pytest.fixture
def dress(tmp_path):
    """The example, in a folder that can go away."""
    return pathlib.Path(shutil.copytree(EXAMPLE, tmp_path / "dress"))


@pytest.fixture
def filled(database):
    database.set_threat("worms", "WORM*", en="Worms")
    database.load_events(EVENTS)
    return database


def page(folder, number=1):
    return (folder / PAGE.format(number)).read_text(encoding="utf-8")


def is_dressed(text):
    """Style, logo, words and order of the example."""
    found = ("--mark: #a4262c" in text or "#a4262c" in text.lower(), 'alt="Example Security"' in text,
             "Worms: monthly threat report" in text, "At a glance" in text)
    assert len(set(found)) == 1, found
    return found[0]


def test_other_formats_are_made_in_the_same_dress_when_the_folder_is_gone(filled, dress, tmp_path):
    """Bit by bit what they would have been, had they been published."""
    publish(filled, tmp_path / "all", "--lang", "en,ja", "--format", "text,md,html,csv,json,xlsx", "--template", dress)
    everything = read(tmp_path / "all")
    assert is_dressed(page(tmp_path / "all"))
    shutil.rmtree(dress)
    filled.load_events(LATE)
    filled.sql("delete from kansen.edition_file where language = 'ja' or format = 'html'")
    filled.command("editions", "render", "worms", "--lang", "en,ja", "--format", "text,md,html,csv,json,xlsx",
                   "-o", tmp_path / "again")
    assert read(tmp_path / "again") == everything


def test_its_files_are_kept_byte_by_byte(filled, dress, tmp_path):
    (dress / "en.messages").write_bytes(b"\xef\xbb\xbf[messages]\ntitle = {threat}: monthly threat report\n# end")
    (dress / "logo.txt").write_bytes(b"Example Security\nand a line that isn't shown\n")
    files = {name: (dress / name).read_bytes() for name in KEPT}
    publish(filled, tmp_path / "out", "--format", "html", "--template", dress)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    kept = show(filled)
    assert {each["name"]: (each["bytes"], each["sha256"]) for each in kept["template"]} == {
        name: (len(content), digests[name]) for name, content in files.items()}
    assert "template" not in kept["options"], "where it lay says nothing"
    assert {name: bytes(content) for name, content in filled.sql(
        "select name, content from report.edition_templates where edition = 1")} == files
    lines = "".join(f"{digests[name]}  {name}\n" for name in sorted(files))
    assert filled.value("select template_sha256 from report.editions") == hashlib.sha256(lines.encode()).hexdigest()
    said = filled.command("editions", "show", "worms").stdout
    assert all(f"{digests[name]}  {name} (" in said for name in files)


def test_an_edition_without_one_is_as_it_was(filled, tmp_path):
    """Also when a template is named by an empty folder."""
    empty = tmp_path / "empty"
    empty.mkdir()
    publish(filled, tmp_path / "out", "--format", "html")
    publish(filled, tmp_path / "out", "--restate", "--template", empty)
    assert len(editions(filled)) == 1, "it is the same"
    assert not is_dressed(page(tmp_path / "out")) and show(filled)["template"] == []
    assert filled.value("select template_sha256 is null from report.editions")


# ---- restated

def test_a_restatement_wears_the_same_unless_told_otherwise(filled, dress, tmp_path):
    publish(filled, tmp_path, "--format", "html", "--template", dress)
    shutil.rmtree(dress)
    result = publish(filled, tmp_path, "--restate")
    assert "nothing has changed since edition 1" in result.stderr
    filled.load_events(LATE)
    other = tmp_path / "other"
    other.mkdir()
    (other / "style.css").write_text("h1 { color: #123456 }\n", encoding="utf-8")
    settings = tmp_path / "kansen.conf"
    settings.write_text(f"template = {other}\n", encoding="utf-8")
    publish(filled, tmp_path, "--restate", "--config", settings)
    assert is_dressed(page(tmp_path, 2)) and show(filled, "2")["template"] == show(filled, "1")["template"]
    assert not show(filled, "2")["figures"]["edition"]["restatement"]["options_changed"]

    publish(filled, tmp_path, "--restate", "--template", other)
    assert "#123456" in page(tmp_path, 3) and not is_dressed(page(tmp_path, 3))
    assert show(filled, "3")["figures"]["edition"]["restatement"]["options_changed"]
    (other / "style.css").unlink()
    publish(filled, tmp_path, "--restate", "--template", other)
    assert show(filled, "4")["template"] == [] and "#123456" not in page(tmp_path, 4)


def test_a_settings_file_gives_the_first_edition_its_template(filled, dress, tmp_path):
    settings = tmp_path / "kansen.conf"
    settings.write_text(f"template = {dress}\n", encoding="utf-8")
    publish(filled, tmp_path, "--format", "html", "--config", settings)
    assert is_dressed(page(tmp_path))


# ---- what is refused

@pytest.mark.parametrize(("name", "text", "code", "said"), [
    ("style.css", "p {}\n</style>", EX_CONFIG, "style.css:2: </style"),
    ("styles.css", "p {}", EX_CONFIG, "did you mean style.css?"),
    ("style.css", "p {}" + " " * 262_144, EX_CONFIG, "has more than 256 KiB"),
    (None, None, EX_NOINPUT, "No such file or directory")])
def test_a_mistake_in_it_makes_no_edition(filled, tmp_path, name, text, code, said):
    folder = tmp_path / "template"
    if name is not None:
        folder.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    result = publish(filled, tmp_path / "out", "--template", folder, code=code)
    assert said in result.stderr and editions(filled) == [] and not (tmp_path / "out").exists()


@pytest.mark.parametrize(("damage", "said"), [
    ("update kansen.edition_template set content = content || 'x' where name = 'style.css'",
     "style.css of its template is damaged"),
    ("delete from kansen.edition_template where name = 'logo.txt'", "a file is missing"),
    ("update kansen.edition_template set name = 'de.messages' where name = 'ja.messages'", "a file is missing"),
    ("update kansen.edition_template set content = 'p {}', sha256 = sha256('p {}') where name = 'style.css'",
     "a file is missing")])
def test_a_damaged_template_is_named(filled, dress, tmp_path, damage, said):
    publish(filled, tmp_path / "1", "--format", "text", "--template", dress)
    filled.sql(damage)
    result = filled.command("editions", "render", "worms", "--format", "html", "-o", tmp_path / "2", code=EX_DATAERR)
    assert said in result.stderr and "kansen.edition_template" in result.stderr and not (tmp_path / "2").exists()
    filled.load_events(LATE)
    assert said in publish(filled, tmp_path / "3", "--restate", code=EX_DATAERR).stderr
    assert len(editions(filled)) == 1
    filled.command("editions", "render", "worms", "-o", tmp_path / "4")
    assert read(tmp_path / "4") == read(tmp_path / "1"), "what was published needs no template"


def spoil(database, statement):
    """What a later version would find fault with, and no damage: digests and all."""
    database.sql(statement)
    database.sql("update kansen.edition_template set sha256 = sha256(content);"
                 "update kansen.edition set template_sha256 = sha256(convert_to((select string_agg("
                 "encode(sha256, 'hex') || '  ' || name || E'\\n', '' order by name) from kansen.edition_template),"
                 " 'UTF8'))")


UNREADABLE = [("update kansen.edition_template set content = E'[messages]\\ntitel = x\\n' where name = 'en.messages'",
               "edition 1 of worms 2024-01 to 2024-03/en.messages:2: titel: is unknown"),
              ("update kansen.edition_template set name = 'fr.messages' where name = 'ja.messages'",
               "fr.messages: this version of kansen knows no such file of a template")]


@pytest.mark.parametrize(("change", "said"), UNREADABLE)
def test_a_template_of_another_version_is_said(filled, dress, tmp_path, change, said):
    publish(filled, tmp_path / "1", "--format", "text", "--template", dress)
    spoil(filled, change)
    result = filled.command("editions", "render", "worms", "--format", "html", "-o", tmp_path / "2", code=EX_DATAERR)
    assert said in result.stderr
    site = filled.command("site", "-o", tmp_path / "site")
    assert said in site.stderr and "looks as the site does" in site.stderr
    assert not is_dressed(site_page(tmp_path / "site"))


def test_who_may_read_editions_may_make_them_in_their_dress(filled, dress, tmp_path, postgres):
    filled.sql("create role dress_publisher login in role kansen_publisher;"
               "create role dress_reader login in role kansen_reader")
    try:
        filled.kansen.run("publish", *WINDOW, "--format", "text", "--template", dress, "-o", tmp_path / "1",
                          "--db", postgres.conninfo(filled.name, "dress_publisher"))
        filled.kansen.run("editions", "render", "worms", "--format", "html", "-o", tmp_path / "2",
                          "--db", postgres.conninfo(filled.name, "dress_reader"))
    finally:
        filled.sql("drop role dress_publisher; drop role dress_reader")
    assert is_dressed(page(tmp_path / "2"))


# ---- on the site

def site_page(folder):
    return (folder / "en/threats/worms/2024-01-2024-03-edition-1.html").read_text(encoding="utf-8")


def test_its_page_on_the_site_wears_it_too(filled, dress, tmp_path):
    """Unless the site has a template of its own; all other pages are the site's."""
    publish(filled, tmp_path / "1", "--format", "html", "--template", dress)
    site = tmp_path / "site"
    filled.command("site", "-o", site)
    text = site_page(site)
    assert is_dressed(text) and text.count("<style>") == 1
    assert text.index("style.css") < text.index("<style>"), "behind the site's own rules"
    index = (site / "en/index.html").read_text(encoding="utf-8")
    assert "<style>" not in index and "Example Security" not in index
    assert "0 files written" in filled.command("site", "-o", site).stdout

    other = tmp_path / "other"
    other.mkdir()
    (other / "style.css").write_text("h1 { color: #123456 }\n", encoding="utf-8")
    filled.command("site", "-o", site, "--template", other)
    assert not is_dressed(site_page(site)) and "<style>" not in site_page(site)
    assert "#123456" in (site / "style.css").read_text(encoding="utf-8")
