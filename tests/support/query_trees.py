"""PostgreSQL's own query trees: what it makes of a statement before it plans it, with views in place of their names."""

import re

TOKEN = re.compile(r"[{}()]|(?:\\.|[^\s{}()\\])+", re.DOTALL)
# Of commandType.
UTILITY = 6
WORDS = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
CURSOR = re.compile(r"^\s*declare \w+ (?:no scroll )?cursor for\s", re.IGNORECASE)


class Node(dict):
    """{NAME :field value …}: each field holds a list of what stands behind it, `name` the name."""

    def one(self, field):
        """The value of a field that has one: a Node, a list or a word; None for nothing."""
        values = self.get(field, [])
        return values[0] if values and values[0] != "<>" else None

    def nodes(self, field):
        """The Nodes of a field that is a list."""
        value = self.one(field)
        return [each for each in value if isinstance(each, Node)] if isinstance(value, list) else []

    def number(self, field):
        return int(self.one(field) or 0)

    def walk(self):
        """All Nodes within, this one first."""
        yield self
        for values in self.values():
            yield from _walk(values)


def _walk(value):
    if isinstance(value, Node):
        yield from value.walk()
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each)


def read(text):
    """The Node that PostgreSQL has written so."""
    value, _ = _value(TOKEN.findall(text), 0)
    return value


def _value(tokens, place):
    if tokens[place] == "(":
        return _list(tokens, place + 1)
    if tokens[place] == "{":
        return _node(tokens, place + 1)
    return tokens[place], place + 1


def _list(tokens, place):
    values = []
    while tokens[place] != ")":
        value, place = _value(tokens, place)
        values.append(value)
    return values, place + 1


def _node(tokens, place):
    node, field = Node(), None
    node.name = tokens[place]
    place += 1
    while tokens[place] != "}":
        if tokens[place].startswith(":"):
            field = node.setdefault(tokens[place][1:], [])
            place += 1
        else:
            value, place = _value(tokens, place)
            field.append(value)
    return node, place + 1


def is_prepared(sql):
    """Whether PostgreSQL takes it as a prepared statement: neither COPY nor a command."""
    words = WORDS.sub("", CURSOR.sub("", sql.strip())).split(None, 1)
    return bool(words) and words[0].lower() in ("select", "insert", "update", "delete", "with", "values")


def trees(connection, sql):
    """The query trees of a statement with parameters, each a Node."""
    body = CURSOR.sub("", re.sub(r"^(?:\s*--[^\n]*\n)+", "", sql)).strip().rstrip(";")
    connection.notices.clear()
    with connection.cursor() as cursor:
        cursor.execute("set client_min_messages = log; set debug_pretty_print = off; set debug_print_rewritten = on")
        try:
            cursor.execute("prepare looked_at as " + body)
            cursor.execute("deallocate looked_at")
        finally:
            cursor.execute("reset client_min_messages; reset debug_print_rewritten")
    found = [read(notice.partition("DETAIL:")[2]) for notice in connection.notices if "parse tree:" in notice]
    return [tree for each in found for tree in each if tree.number("commandType") != UTILITY]
