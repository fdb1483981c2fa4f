"""The script of `kansen site` in a real Chromium, under the page's own policy: tables are sorted by numbers, months and
words as the language has them, long ones are filtered, keys are enough, and without it nothing is missing."""

import pytest

COUNTRIES = ("US", "JP", "FR", "DE", "IT", "ES", "BR", "IN", "AU", "CA", "GB", "TW", "KR", "MX", "PL", "SE", "NL", "CH")
COUNTS = {country: 1 + number for number, country in enumerate(COUNTRIES)} | {"US": 2200, "JP": 120}
LANGUAGES = ("en", "de", "ja")
COUNTRY_TABLE = "#countries table"


@pytest.fixture(scope="module")
def site(shared_database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    shared_database.set_threat("worms", "WORM*", en="Worms", ja="ワーム", de="Würmer")
    shared_database.load_events([
        {"id": f"{country}-{number}", "device": f"{country}-{number}", "name": "WORM.A", "country": country,
         "time": f"2024-{(2, 4, 11, 12)[number % 4]:02}-10T00:00:00Z"}
        for country, count in COUNTS.items() for number in range(count)])
    # In every month something was stored: else nobody could tell whether anything is missing.
    shared_database.load_events([{"id": f"other-{month}", "device": "other", "name": "OTHER.A", "country": "JP",
                                  "time": f"2024-{month:02}-10T00:00:00Z"} for month in range(1, 13)])
    for window in (("2024-04", "2024-12"), ("2024-11", "2024-11")):
        shared_database.command("publish", "worms", "--from", window[0], "--to", window[1], "--top", "17", "--lang",
                                ",".join(LANGUAGES), "--format", "csv", "-o", folder / "published")
    shared_database.command("site", "-o", folder / "site")
    return folder / "site"


def page(site, language):
    return (site / language / "threats/worms/2024-04-2024-12-edition-1.html").as_uri()


def column(browser, table, number):
    """What stands in a column of the body's lines that are seen, from top to bottom."""
    return browser.value(f"""[...document.querySelectorAll({table!r} + ' tbody tr')].filter(row => !row.hidden)
        .map(row => row.cells[{number}].textContent)""")


def press(browser, table, number):
    """The heading's button; returns the order that it says it is in."""
    heading = f"document.querySelectorAll({table!r} + ' thead th')[{number}]"
    return browser.value(f"{heading}.querySelector('button').click(), {heading}.getAttribute('aria-sort')")


def test_it_runs_under_the_pages_policy_and_fetches_nothing_else(browser, site):
    browser.open(page(site, "en"), trusted=False)
    assert browser.value("document.querySelectorAll('thead button').length") > 5
    assert not browser.complaints()
    names = {url.rsplit("/", 1)[1] for url in browser.requests()}
    assert names == {"2024-04-2024-12-edition-1.html", "style.css", "tables.js"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_sorted_as_numbers(browser, site, language):
    browser.open(page(site, language))
    published = column(browser, COUNTRY_TABLE, 2)
    assert [press(browser, COUNTRY_TABLE, 2) for _ in range(2)] == ["descending", "ascending"]
    ranked, other = published[:-1], published[-1]
    assert column(browser, COUNTRY_TABLE, 2) == [*reversed(ranked), other], "what is left out stays last"
    assert ranked[:2] == [{"en": "1,650", "de": "1.650", "ja": "1,650"}[language], "90"], "1.650 is no 1.65"
    assert press(browser, COUNTRY_TABLE, 2) is None
    assert column(browser, COUNTRY_TABLE, 2) == published, "the third press brings back the page's own order"


def test_words_and_months_are_sorted_as_the_language_has_them(browser, site):
    browser.open(page(site, "de"))
    assert press(browser, COUNTRY_TABLE, 1) == "ascending"
    names = column(browser, COUNTRY_TABLE, 1)[:-1]
    assert names[0] == "Australien" and names == sorted(names, key=lambda name: name.replace("Ö", "O"))
    assert press(browser, "#months table", 0) == "ascending"
    assert press(browser, "#months table", 0) == "descending"
    assert column(browser, "#months table", 0)[:2] == ["Dezember 2024", "November 2024"]
    assert press(browser, COUNTRY_TABLE, 2) == "descending"
    assert browser.value("document.querySelectorAll('#countries th[aria-sort]').length") == 1


def test_lists_of_editions_are_sorted_whole(browser, site):
    browser.open((site / "en/threats/worms/index.html").as_uri())
    table = "#site-editions table"
    assert press(browser, table, 4) == "descending"
    totals = [int(text.replace(",", "")) for text in column(browser, table, 4)]
    assert totals == sorted(totals, reverse=True) and totals[0] > 1700
    assert press(browser, table, 2) == "ascending"
    assert column(browser, table, 2) == ["April to December 2024", "November 2024"]


def test_a_long_table_is_filtered(browser, site):
    browser.open(page(site, "en"))
    fields = browser.value("document.querySelectorAll('.filter input').length")
    assert fields == 1, "short tables have none"
    write = """(text => { const field = document.querySelector('.filter input'); field.value = text;
        field.dispatchEvent(new Event('input')); return document.querySelector('.filter output').value; })"""
    assert browser.value(f"{write}('JAP')") == "1 of 18 lines"
    assert column(browser, COUNTRY_TABLE, 1) == ["Japan"]
    assert browser.value(f"{write}('<b>')") == "0 of 18 lines"
    assert browser.value(f"{write}(' ')") == ""
    assert len(column(browser, COUNTRY_TABLE, 1)) == 18


def test_keys_are_enough(browser, site):
    browser.open(page(site, "en"))
    button = "document.querySelectorAll('#countries thead button')[2]"
    browser.value(f"{button}.focus()")
    browser.press(" ")
    browser.press(" ")
    assert browser.value(f"{button}.parentElement.getAttribute('aria-sort')") == "ascending"
    assert browser.value(f"document.activeElement === {button}")


@pytest.mark.parametrize("width", [360, 1600])
def test_axe_finds_nothing(browser, axe, site, width):
    for dark in (False, True):
        browser.open(page(site, "en"), width=width, dark=dark)
        press(browser, COUNTRY_TABLE, 2)
        assert not browser.examine(axe)
        assert browser.value("document.documentElement.scrollWidth") <= width


def test_paper_has_no_buttons_to_press(browser, site):
    browser.open(page(site, "en"), media="print")
    assert browser.value("getComputedStyle(document.querySelector('.filter')).display") == "none"
    assert browser.value("getComputedStyle(document.querySelector('th button'), '::after').content") == "none"
