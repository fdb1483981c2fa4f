"""What Citus asks of a statement, found in PostgreSQL's own query trees (query_trees.py): on one server all of it is
right, so nothing else would notice."""

# Kinds of what a query reads.
DISTRIBUTED, REFERENCE, LOCAL = "distributed", "a copy on every node", "local"

COMMAND = {1: "select", 2: "update", 3: "insert", 4: "delete"}
# What older versions call it, and newer ones.
RTE = ("RTE", "RANGETBLENTRY")
# Of an RTE.
RELATION, SUBQUERY, CTE = 0, 1, 6
# Of a JOINEXPR.
INNER, LEFT, FULL, RIGHT = 0, 1, 2, 3
# ctematerialized.
DEFAULT, ALWAYS, NEVER = 0, 1, 2

def relations(query):
    """oids of all tables read or written anywhere within."""
    return {rte.one("relid") for rte in query.walk()
            if rte.name in RTE and rte.number("rtekind") == RELATION}


class Shapes:
    def __init__(self, kinds, names, keys):
        """By oid: kinds and names of tables; attribute number of the distribution key."""
        self.kinds, self.names, self.keys = kinds, names, keys

    def faults(self, query):
        """What Citus would refuse, or do wrong."""
        self.found = []
        self._query(query, [])
        return self.found

    def _kinds_in(self, node):
        return {self.kinds.get(oid, LOCAL) for oid in relations(node)}

    def _touches(self, node):
        return DISTRIBUTED in self._kinds_in(node)

    def _say(self, words):
        if words not in self.found:
            self.found.append(words)

    def _names(self, members, kind):
        return ", ".join(sorted({self.names.get(oid, oid) for oid, each in members if each == kind}))

    # ---- one level

    def _query(self, query, ctes):
        """`ctes`: of the queries around, {name: (query, is_inlined)} each, the nearest last."""
        here = {}
        scope = [*ctes, here]
        for each in query.nodes("cteList"):
            body = each.one("ctequery")
            inlined = (each.number("ctematerialized") == NEVER
                       or each.number("ctematerialized") == DEFAULT and each.number("cterefcount") == 1)
            here[each.one("ctename")] = (body, inlined and body.number("commandType") == 1)
            if not here[each.one("ctename")][1]:
                self._query(body, scope[:-1] + [dict(here)])
        members = []
        self._level(query, scope, members)
        tables = {kind for _, kind in members}
        if DISTRIBUTED in tables and LOCAL in tables:
            self._say(f"joins {self._names(members, DISTRIBUTED)} with {self._names(members, LOCAL)}, which is local")

    def _level(self, query, scope, members):
        """Adds what is read at this level to `members`: (oid, kind)."""
        rtable = query.nodes("rtable")
        if any(not _is_true(mark, "pushedDown") and self._touches(rtable[mark.number("rti") - 1])
               for mark in query.nodes("rowMarks")):
            self._say("locks rows of a distributed table (for update, for share)")
        target = query.number("resultRelation")
        if target and COMMAND[query.number("commandType")] != "insert":
            self._member(rtable[target - 1], scope, members)
        tree = query.one("jointree")
        if tree:
            self._from(tree, rtable, scope, members)
        self._sublinks(query, scope, members)
        self._keys(query, rtable)
        operations = query.one("setOperations")
        if isinstance(operations, dict):
            for rte in rtable:
                if rte.number("rtekind") == SUBQUERY:
                    self._query(rte.one("subquery"), scope)

    def _from(self, node, rtable, scope, members):
        """Members of a part of FROM; returns the kinds in it."""
        before = len(members)
        if node.name == "FROMEXPR":
            for each in node.nodes("fromlist"):
                self._from(each, rtable, scope, members)
        elif node.name == "JOINEXPR":
            left = self._from(node.one("larg"), rtable, scope, members)
            right = self._from(node.one("rarg"), rtable, scope, members)
            kind = node.number("jointype")
            if (kind == LEFT and DISTRIBUTED in right - left or kind == RIGHT and DISTRIBUTED in left - right
                    or kind == FULL and DISTRIBUTED in left ^ right):
                self._say("an outer join keeps what is not distributed and looks for it in a distributed table")
        else:
            self._member(rtable[node.number("rtindex") - 1], scope, members)
        return {kind for _, kind in members[before:]}

    def _member(self, rte, scope, members):
        kind = rte.number("rtekind")
        if kind == RELATION:
            oid = rte.one("relid")
            members.append((oid, self.kinds.get(oid, LOCAL)))
        elif kind == SUBQUERY:
            self._subquery(rte.one("subquery"), scope, members, _is_true(rte, "lateral"))
        elif kind == CTE:
            body, inlined = _find(rte.one("ctename"), scope, rte.number("ctelevelsup"))
            if inlined:
                self._subquery(body, scope, members, False)
            else:
                members.append((rte.one("ctename"), "a result of its own"))
        else:
            members.append(("function", "a result of its own"))

    def _subquery(self, query, scope, members, lateral):
        if not _is_whole(query):
            self._level_of_its_parent(query, scope, members)
            return
        if lateral and self._touches(query) and _looks_out(query):
            self._say("a lateral subquery with a limit, an offset or a group looks into a distributed table")
        self._query(query, scope)
        members.append(("subquery", "a result of its own"))

    def _level_of_its_parent(self, query, scope, members):
        for each in query.nodes("cteList"):
            scope[-1].setdefault(each.one("ctename"), (each.one("ctequery"), False))
        self._level(query, scope, members)

    # ---- what stands in expressions

    def _sublinks(self, query, scope, members):
        for link in _own(query):
            inner = link.one("subselect")
            if _looks_out(inner):
                inner_kinds, own = self._kinds_in(inner), {kind for _, kind in members}
                if DISTRIBUTED in inner_kinds and DISTRIBUTED not in own:
                    self._say("a subquery for each row of what is not distributed looks into a distributed table")
                elif LOCAL in inner_kinds and DISTRIBUTED in own:
                    self._say("a subquery for each row of a distributed table looks into a local one")
            self._query(inner, scope)

    def _keys(self, query, rtable):
        """Two distributed tables meet by their key."""
        tree = query.one("jointree")
        places = [number for number, rte in enumerate(rtable, 1)
                  if rte.number("rtekind") == RELATION and self.kinds.get(rte.one("relid")) == DISTRIBUTED]
        # What an insert conflicts with, and what it would have inserted, is no join: it reads in a query of its own.
        if tree is None or len(places) < 2 or COMMAND[query.number("commandType")] == "insert":
            return
        pairs = [{(var.number("varno"), var.number("varattno")) for var in each.nodes("args") if var.name == "VAR"}
                 for each in tree.walk() if each.name == "OPEXPR"]
        first, *others = [(place, self.keys[rtable[place - 1].one("relid")]) for place in places]
        for other in others:
            if {first, other} not in pairs:
                self._say("two distributed tables are joined without their key")


def _is_true(node, field):
    return node.one(field) == "true"


def _find(name, scope, levels_up):
    for each in reversed(scope):
        if name in each:
            return each[name]
    raise AssertionError(f"no CTE {name}, {levels_up} levels up")


def _is_whole(query):
    """Whether it stays a query of its own within another."""
    return any(query.one(field) not in (None, [], "false") for field in
               ("groupClause", "groupingSets", "havingQual", "distinctClause", "limitCount", "limitOffset",
                "setOperations", "hasAggs", "hasWindowFuncs", "cteList", "hasTargetSRFs"))


def _own(query):
    """The sublinks in a query's own expressions, and in those of no query within it."""
    for field in ("targetList", "jointree", "returningList", "onConflict"):
        for value in query.get(field, []):
            yield from _links(value)


def _links(value):
    if isinstance(value, list):
        for each in value:
            yield from _links(each)
    elif isinstance(value, dict):
        if value.name == "SUBLINK":
            yield value
        elif value.name != "QUERY":
            for each in value.values():
                yield from _links(each)


def _looks_out(query, depth=0):
    """Does it name columns of a query around it?"""
    return any(_outer(value, depth) for value in query.values())


def _outer(value, depth):
    if isinstance(value, list):
        return any(_outer(each, depth) for each in value)
    if not isinstance(value, dict):
        return False
    if value.name == "VAR":
        return value.number("varlevelsup") > depth
    inner = depth + (value.name == "QUERY")
    return any(_outer(each, inner) for each in value.values())
