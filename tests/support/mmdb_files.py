"""Writes small MaxMind DB files: any records, any type, good ones only.

    write(path, {"203.0.113.0/24": {"country_code": "JP"}}, kind="ip-location-db")
"""

import ipaddress
import struct

MARKER = b"\xab\xcd\xefMaxMind.com"
POINTER_BASES = (29, 285, 65821)
MAP, TEXT, DOUBLE, UINT16, UINT32, ARRAY, UINT64, BOOLEAN = 7, 2, 3, 5, 6, 11, 9, 14


def _control(kind, size):
    if size < 29:
        bits, more = size, b""
    else:
        level = max(i for i, base in enumerate(POINTER_BASES) if size >= base)
        bits, more = 29 + level, (size - POINTER_BASES[level]).to_bytes(level + 1, "big")
    first = bytes([bits, kind - 7]) if kind > 7 else bytes([kind << 5 | bits])
    return first + more


def _number(kind, number):
    body = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return _control(kind, len(body)) + body


def value(thing, integer=UINT32):
    """Its bytes: text, whole numbers, floats, booleans, lists and dictionaries of these."""
    if isinstance(thing, bool):
        return _control(BOOLEAN, int(thing))
    if isinstance(thing, int):
        return _number(integer, thing)
    if isinstance(thing, float):
        return _control(DOUBLE, 8) + struct.pack(">d", thing)
    if isinstance(thing, str):
        return _control(TEXT, len(thing.encode())) + thing.encode()
    if isinstance(thing, dict):
        return _control(MAP, len(thing)) + b"".join(
            value(key) + value(member, integer) for key, member in thing.items())
    return _control(ARRAY, len(thing)) + b"".join(value(member, integer) for member in thing)


def _insert(nodes, network, ip_version, record):
    network = ipaddress.ip_network(network)
    bits, prefix = int(network.network_address), network.prefixlen
    if network.version == 4 and ip_version == 6:
        prefix += 96
    length = 32 if ip_version == 4 else 128
    node = 0
    for bit in range(prefix):
        side = bits >> (length - 1 - bit) & 1
        if bit == prefix - 1:
            nodes[node][side] = ("record", record)
        elif nodes[node][side] is None:
            nodes.append([None, None])
            nodes[node][side] = ("node", len(nodes) - 1)
        if bit < prefix - 1:
            node = nodes[node][side][1]


def _child(record, count):
    if record is None:
        return count
    return record[1] if record[0] == "node" else count + 16 + record[1]


def build(networks, kind="Test-Country", ip_version=6, epoch=1379088328):
    """The bytes of a file with records of 32 bits; networks may not lie inside each other."""
    nodes, data, offsets = [[None, None]], b"", {}
    for network, record in networks.items():
        bytes_of_record = value(record)
        if bytes_of_record not in offsets:
            offsets[bytes_of_record] = len(data)
            data += bytes_of_record
        _insert(nodes, network, ip_version, offsets[bytes_of_record])
    tree = b"".join(_child(side, len(nodes)).to_bytes(4, "big") for node in nodes for side in node)
    metadata = {"node_count": len(nodes), "record_size": 32, "ip_version": ip_version,
                "database_type": kind, "languages": ["en"], "binary_format_major_version": 2,
                "binary_format_minor_version": 0, "description": {"en": "made by a test"}}
    kinds = {"node_count": UINT32}
    members = b"".join(value(key) + value(member, kinds.get(key, UINT16))
                       for key, member in metadata.items())
    return (tree + bytes(16) + data + MARKER + _control(MAP, len(metadata) + 1) + members
            + value("build_epoch") + _number(UINT64, epoch))


def write(path, networks, **options):
    path.write_bytes(build(networks, **options))
    return path
