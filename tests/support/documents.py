"""Reads the documents of `kansen report` as a person does, so that tests can compare rows with rows:
tables of text, Markdown and HTML, charts in SVG."""

import csv
import html.parser
import io
import re
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"
GREY, BLUE = "#7d8590", "#0072b2"

# What the reports of the tests call their lines; months are those of 2013.
WORDS = {
    "en": {"total": "Total", "other": "Other",
           "months": ["September 2013", "October 2013", "November 2013"],
           "JP": "Japan", "US": "United States", "AU": "Australia", "IN": "India", "FR": "France",
           "TW": "Taiwan", "DE": "Germany", "CA": "Canada", "IT": "Italy", "GB": "United Kingdom",
           "BR": "Brazil"},
    "ja": {"total": "合計", "other": "その他", "months": ["2013年9月", "2013年10月", "2013年11月"],
           "JP": "日本", "US": "米国", "AU": "オーストラリア", "IN": "インド", "FR": "フランス",
           "TW": "台湾", "DE": "ドイツ", "CA": "カナダ", "IT": "イタリア", "GB": "英国",
           "BR": "ブラジル"}}


def _cells(words):
    """Blank cells say nothing: the rank of "other" and of the total."""
    return [word for word in words if word]


def text_tables(text):
    """Rows of cells of each table; columns are told apart by two blanks, tables by empty lines."""
    tables = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if not re.fullmatch(r"[- ]+", line)]
        if len(lines) < len(block.splitlines()):  # it has a rule of dashes
            tables.append([_cells(re.split(r" {2,}", line.strip())) for line in lines])
    return tables


def markdown_tables(text):
    tables, rows = [], []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            words = [word.strip().replace("**", "").replace("\\", "")
                     for word in line.strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-+:?", word) for word in words):
                rows.append(_cells(words))
        elif rows:
            tables.append(rows)
            rows = []
    return tables


class _Tables(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tables = []
        self.cell = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.cell = ""

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.tables[-1][-1] += _cells([self.cell.strip()])
            self.cell = None


SHEET_HEADS = 4  # the row of a table's heads


def sheet_tables(content):
    """Of each sheet of an XLSX with a table: its heads and its rows of cells, up to the first empty one."""
    import openpyxl  # only those need it that read XLSX

    found = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        heads = [cell.value for cell in sheet[SHEET_HEADS] if cell.value is not None]
        if len(heads) > 1:
            rows = []
            for row in sheet.iter_rows(min_row=SHEET_HEADS + 1, max_col=len(heads)):
                if all(cell.value is None for cell in row):
                    break
                rows.append(row)
            found[sheet.title] = heads, rows
    return found


def html_tables(text):
    return _Tables(text).tables


def csv_rows(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def charts_of(page):
    """The SVGs inside an HTML page, in their order."""
    return re.findall(r"<svg.*?</svg>", page, re.DOTALL)


class Bar:
    """left, right, top, bottom in pixels; colour as it is written."""

    def __init__(self, box):
        self.left, self.top, width, height = (float(box.get(name))
                                              for name in ("x", "y", "width", "height"))
        self.right, self.bottom = self.left + width, self.top + height
        self.colour = box.get("fill")

    @property
    def width(self):
        return self.right - self.left

    @property
    def height(self):
        return self.bottom - self.top


class Chart:
    """What an eye sees of an SVG: bars and [(x, y, text)], each in the order of the file."""

    def __init__(self, svg):
        root = ElementTree.fromstring(svg)
        self.view_box = [float(number) for number in root.get("viewBox").split()]
        # The first is the paper.
        self.bars = [Bar(box) for box in list(root.iter(f"{SVG}rect"))[1:]]
        self.title, self.description = (root.find(f"{SVG}{tag}").text for tag in ("title", "desc"))
        self.texts = [(float(text.get("x")), float(text.get("y")), "".join(text.itertext()))
                      for text in root.iter(f"{SVG}text")]

    def words(self):
        return [text for _, _, text in self.texts]
