"""Events as other products send them, written after the public schemas: OCSF 1.x, ECS 8, CloudEvents 1.0.

Each is (format, message, what is stored of it)."""

import base64
import datetime
import json

DEVICE = "8b8be822-b922-3a25-f9ce-4c54a6f263ac"
SHA256 = "0741ba2f9d5e4c1a8b7e6f5d4c3b2a190741ba2f9d5e4c1a8b7e6f5d4c3b2a19"
TIME = datetime.datetime(2024, 5, 6, 7, 8, 9, 123000, datetime.timezone.utc)
TIME_MS = 1714979289123
TEXT = "2024-05-06T07:08:09.123Z"

WHOLE = {"device": DEVICE, "name": "TROJ_COINMINE.A", "time": TIME, "address": "203.0.113.7",
         "sha256": SHA256, "vendor": "Example", "product": "Endpoint", "version": "11.0.1028", "os": None, "segment": None}
WINDOWS = {**WHOLE, "os": "Windows"}


def ocsf_detection_finding(**changes):
    """class_uid 2004, with the profiles host and security control."""
    return {
        "class_uid": 2004, "class_name": "Detection Finding", "category_uid": 2,
        "category_name": "Findings", "activity_id": 1, "activity_name": "Create", "type_uid": 200401,
        "severity_id": 4, "status_id": 1, "time": TIME_MS, "message": "Malware was found",
        "metadata": {"version": "1.3.0", "uid": "finding-1", "profiles": ["host", "security_control"],
                     "product": {"name": "Endpoint", "vendor_name": "Example",
                                 "version": "11.0.1028"}},
        "finding_info": {"uid": "f-77", "title": "Malware TROJ_COINMINE.A on PC-17",
                         "created_time": TIME_MS - 5, "analytic": {"type_id": 1, "name": "scan"}},
        "malware": [{"name": "TROJ_COINMINE.A", "classification_ids": [20], "num_infected": 1}],
        "device": {"uid": DEVICE, "hostname": "PC-17", "type_id": 2, "ip": "203.0.113.7",
                   "os": {"name": "Windows 11", "type_id": 100}},
        "evidences": [{"file": {"name": "a.exe", "type_id": 1, "hashes": [
            {"algorithm": "MD5", "algorithm_id": 1, "value": "d41d8cd98f00b204e9800998ecf8427e"},
            {"algorithm": "SHA-256", "algorithm_id": 3, "value": SHA256.upper()}]}}],
        "action_id": 2, "action": "Denied", "disposition_id": 3, "disposition": "Quarantined",
        **changes}


def ocsf_security_finding(**changes):
    """class_uid 2001, as of version 1.0; deprecated since 1.1, and sent all the same."""
    return {
        "class_uid": 2001, "category_uid": 2, "activity_id": 1, "type_uid": 200101, "severity_id": 3,
        "state_id": 1, "time": TIME_MS, "confidence": 90,
        "metadata": {"version": "1.0.0", "uid": "finding-2",
                     "product": {"name": "Endpoint", "vendor_name": "Example",
                                 "version": "11.0.1028"}},
        "finding": {"uid": "f-78", "title": "TROJ_COINMINE.A", "types": ["Malware"],
                    "created_time": TIME_MS},
        "resources": [{"uid": DEVICE, "type": "host", "name": "PC-17"}],
        "device": None, "src_endpoint": {"ip": "203.0.113.7"},
        "process": {"file": {"hashes": [{"algorithm_id": 3, "value": SHA256}]}},
        **changes}


def ecs_alert(**changes):
    return {
        "@timestamp": TEXT, "ecs": {"version": "8.11.0"}, "message": "Malware Prevention Alert",
        "event": {"id": "alert-1", "kind": "alert", "category": ["malware"], "type": ["info"],
                  "action": "quarantine", "module": "endpoint", "severity": 73},
        "host": {"id": DEVICE, "hostname": "pc-17", "ip": ["203.0.113.7", "fe80::1"],
                 "os": {"name": "Windows", "version": "11"}},
        "rule": {"name": "TROJ_COINMINE.A", "ruleset": "signatures"},
        "file": {"name": "a.exe", "hash": {"md5": "d41d8cd98f00b204e9800998ecf8427e",
                                           "sha256": SHA256}},
        "observer": {"vendor": "Example", "product": "Endpoint", "version": "11.0.1028"},
        **changes}


def ecs_dotted(**changes):
    """As Filebeat and Logstash write it at times: members with dots in their names."""
    return {
        "@timestamp": "2024-05-06T16:08:09.123+09:00", "event.kind": "signal", "event.id": "alert-2",
        "host.id": DEVICE, "host.ip": ["203.0.113.7"], "host.name": "pc-17",
        "kibana.alert.rule.name": "Malware", "threat.software.name": "TROJ_COINMINE.A",
        "file.hash.sha256": SHA256, "observer.vendor": "Example", "observer.product": "Endpoint",
        "observer.version": "11.0.1028", **changes}


def defend_alert(**changes):
    """Elastic Defend: a file is malicious, and no rule has a name."""
    return ecs_alert(
        event={"id": "NLt+/xY", "kind": "alert", "code": "malicious_file", "module": "endpoint",
               "dataset": "endpoint.alerts", "action": "execution"},
        rule={"ruleset": "production"}, agent={"id": "b285fbed", "type": "endpoint"}, **changes)


def filebeat_alert(**changes):
    """Filebeat has no host.id for machines of another product, and one agent.id for them all."""
    return ecs_alert(agent={"id": "b285fbed", "type": "filebeat"}, host={"name": "PC-17"},
                     source={"ip": "203.0.113.7"}, **changes)


def detection(**changes):
    """What CloudEvents carry: an event of kansen's own, here without time and id."""
    return {"device": DEVICE, "name": "TROJ_COINMINE.A", "ip": "203.0.113.7", "sha256": SHA256,
            "vendor": "Example", "product": "Endpoint", "version": "11.0.1028", **changes}


def cloudevent(**changes):
    """Structured mode."""
    return {"specversion": "1.0", "id": "A234-1234", "type": "com.example.detection",
            "source": "/fleet/agents", "time": TEXT, "datacontenttype": "application/json",
            "data": detection(), **changes}


CLOUDEVENT_HEADERS = (("ce_specversion", "1.0"), ("ce_id", "A234-1234"), ("ce_source", DEVICE),
                      ("ce_type", "com.example.detection"), ("ce_time", TEXT),
                      ("content-type", "application/json"))

def kibana_signal(**changes):
    """An alert of Kibana's detection engine: written anew, with another @timestamp, when it is worked on."""
    return {
        "@timestamp": "2024-06-01T00:00:00.000Z", "kibana.alert.original_time": TEXT, "kibana.alert.uuid": "signal-1",
        "kibana.alert.rule.name": "TROJ_COINMINE.A", "kibana.alert.workflow_status": "acknowledged",
        "event": {"kind": "signal"}, "host": {"id": DEVICE, "ip": ["203.0.113.7"], "os": {"name": "Windows"}},
        "file": {"hash": {"sha256": SHA256}},
        "observer": {"vendor": "Example", "product": "Endpoint", "version": "11.0.1028"}, **changes}


def infected_device(**changes):
    """A finding from outside of the machine: its address stands in its resource's id and an observable."""
    finding = ocsf_security_finding(
        finding={"uid": "f-79", "title": "Infection found on 203.0.113.7"}, malware=[{"name": "TROJ_COINMINE.A"}],
        resources=[{"uid": "203.0.113.7", "group_name": "infected_device"}], src_endpoint=None,
        observables=[{"name": "infection.family", "type": "name", "type_id": -1, "value": "TROJ_COINMINE.A"},
                     {"name": "infected_device.ip", "type": "IP Address", "type_id": 2, "value": "203.0.113.7"}])
    return {**finding, **changes}


def in_base64(event):
    return base64.b64encode(json.dumps(event).encode()).decode()


SAMPLES = (
    ("ocsf", infected_device(), {**WHOLE, "id": "finding-2", "device": "203.0.113.7", "action": None}),
    ("ocsf", infected_device(resources=[{"hostname": "PC-17", "name": "x", "ip": "203.0.113.7"}], observables=None),
     {**WHOLE, "id": "finding-2", "device": "PC-17", "action": None}),
    ("ecs", kibana_signal(), {**WINDOWS, "id": "signal-1", "action": None}),
    ("ecs", {**kibana_signal(), "kibana.alert.original_time": None, "kibana.alert.uuid": None,
             "kibana.alert.rule.name": None,
             "kibana": {"alert": {"original_time": TEXT, "uuid": "signal-1", "rule": {"name": "TROJ_COINMINE.A"}}}},
     {**WINDOWS, "id": "signal-1", "action": None}),
    ("ecs", {**kibana_signal(), "kibana.alert.original_time": None, "@timestamp": TEXT},
     {**WINDOWS, "id": "signal-1", "action": None}),
    ("cloudevents", {**cloudevent(), "data": None, "data_base64": in_base64(detection(os="Windows 11"))},
     {**WHOLE, "id": "A234-1234", "action": None, "os": "Windows 11"}),
    ("cloudevents", {**cloudevent(time="2024-06-01T00:00:00Z"), "data": None, "data_base64": in_base64(
        detection(time=TEXT, id="own", note={"any": [10**40, "\u00e9"]}))}, {**WHOLE, "id": "own", "action": None}),
    ("ocsf", ocsf_detection_finding(), {**WHOLE, "id": "finding-1", "action": "Quarantined",
                                        "os": "Windows 11"}),
    ("ocsf", ocsf_detection_finding(unmapped={"segment": "b"}, metadata={
        **ocsf_detection_finding()["metadata"],
        "tags": [{"name": "site", "value": "c"}, {"name": "segment", "value": "retail"}]}),
     {**WHOLE, "id": "finding-1", "action": "Quarantined", "os": "Windows 11", "segment": "retail"}),
    ("ocsf", ocsf_detection_finding(time=None, time_dt=TEXT, malware=None, device={
        "hostname": "PC-17", "location": {"country": "JP"}}),
     {**WHOLE, "id": "finding-1", "device": "PC-17", "country": "JP", "address": None,
      "name": "Malware TROJ_COINMINE.A on PC-17", "action": "Quarantined"}),
    ("ocsf", ocsf_security_finding(), {**WHOLE, "id": "finding-2", "action": None}),
    ("ecs", ecs_alert(), {**WINDOWS, "id": "alert-1", "action": "quarantine"}),
    ("ecs", ecs_alert(labels={"segment": "retail"}),
     {**WINDOWS, "id": "alert-1", "action": "quarantine", "segment": "retail"}),
    ("ecs", ecs_dotted(**{"host.os.full": "Windows 11 Pro", "labels.segment": "retail"}),
     {**WHOLE, "id": "alert-2", "action": None, "os": "Windows 11 Pro", "segment": "retail"}),
    ("ecs", ecs_alert(host={"id": DEVICE, "ip": "203.0.113.7"}, event={"kind": "alert"},
                      threat={"software": {"name": "BKDR_A"}}),
     {**WHOLE, "name": "BKDR_A", "action": None}),
    ("ecs", ecs_dotted(), {**WHOLE, "id": "alert-2", "action": None}),
    ("ecs", defend_alert(), {**WINDOWS, "id": "NLt+/xY", "name": "malicious_file",
                             "action": "execution"}),
    ("ecs", defend_alert(file={"hash": {"sha256": SHA256}, "Ext": {"malware_signature": {"primary": {
        "signature": {"name": "Windows.Trojan.A"}}}}}),
     {**WINDOWS, "id": "NLt+/xY", "name": "Windows.Trojan.A", "action": "execution"}),
    ("ecs", filebeat_alert(), {**WHOLE, "id": "alert-1", "device": "PC-17", "action": "quarantine"}),
    ("cloudevents", cloudevent(), {**WHOLE, "id": "A234-1234", "action": None}),
    ("cloudevents", cloudevent(data=detection(os="Windows 11"), segment="retail"),
     {**WHOLE, "id": "A234-1234", "action": None, "os": "Windows 11", "segment": "retail"}),
    ("cloudevents", cloudevent(data=detection(time="2024-05-06T07:08:09.123Z", id="own"),
                               time="2024-05-06T09:00:00Z"), {**WHOLE, "id": "own", "action": None}),
    ("cloudevents", cloudevent(source=DEVICE, data={"name": "TROJ_COINMINE.A", "ip": "203.0.113.7"}),
     {**WHOLE, "id": "A234-1234", "sha256": None, "vendor": None, "product": None, "version": None,
      "action": None}),
)
