#!/usr/bin/env python3
"""A second reading of CPNP: decodes messages by the grammars of the draft's section 9.2 and the table in cpnp.md.

Reads one message a line, "clientMessage" or "serverMessage" for who has sent it and then its octets in hexadecimal, and prints
one JSON object a line: the message, or {"error": STATUS}; with --why the other output says what is wrong. Nothing in it is made
from the schema, so that the two can be held against each other.
"""
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from ipaddress import IPv6Address


class Refused(Exception):
    """What is wrong with a message."""


class Cursor:
    """Octets that are taken from the front."""

    def __init__(self, octets):
        self.octets = octets

    def take(self, count):
        if count > len(self.octets):
            raise Refused(f"{count} octets wanted, {len(self.octets)} left")
        taken, self.octets = self.octets[:count], self.octets[count:]
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def rest(self):
        return self.take(len(self.octets))

    def part(self, count):
        return Cursor(self.take(count))

    def end(self):
        if self.octets:
            raise Refused(f"{len(self.octets)} octets left over")


def require(holds, why):
    if not holds:
        raise Refused(why)


def one_of(number, names, what, is_open=False):
    """The name of a number; where codes are open, the number itself when it has none."""
    require(is_open or number in names, f"{what} {number}")
    return names.get(number, number)


def flags(number, names, what):
    require(number >> len(names) == 0, f"{what} {number:#x}")
    return [name for bit, name in enumerate(names) if number >> bit & 1]


def differ(values, what):
    require(len(set(values)) == len(values), f"{what} twice")


# Values

def text_of(octets, least=0, most=None, encoding="utf-8"):
    require(len(octets) >= least, "text is too short")
    require(most is None or len(octets) <= most, "text is too long")
    try:
        text = octets.decode(encoding)
    except UnicodeDecodeError:
        raise Refused(f"text is not {encoding}") from None
    require("\0" not in text, "U+0000 in text")
    return text


def text(cursor, least=0, size=1, most=None):
    return text_of(cursor.take(cursor.number(size)), least, most)


def several(cursor, size, read, least=0, most=None):
    """A count, and so many values."""
    count = cursor.number(size)
    require(count >= least, "too few values")
    require(most is None or count <= most, "too many values")
    return [read(cursor) for _ in range(count)]


def name(cursor):
    return {"text": text(cursor, 1)}


def names_in(list_of_names):
    return [entry["text"] for entry in list_of_names]


def code_list(cursor, names, what, least=0, is_open=True):
    codes = several(cursor, 1, lambda c: one_of(c.number(1), names, what, is_open), least)
    differ(codes, what)
    return codes


def quantity(cursor):
    form = one_of(cursor.number(1), dict(enumerate(["any", "exactly", "atLeast", "atMost", "between", "oneOf"])), "form")
    found = {"form": form}
    if form in ("exactly", "atLeast", "atMost"):
        found["value"] = cursor.number(6)
    elif form == "between":
        found["bounds"] = {"lowest": cursor.number(6), "highest": cursor.number(6)}
        require(found["bounds"]["lowest"] <= found["bounds"]["highest"], "range upside down")
    elif form == "oneOf":
        values = several(cursor, 1, lambda c: c.number(6), 1)
        require(all(a < b for a, b in zip(values, values[1:])), "values do not ascend")
        found["choices"] = {"values": values}
    return found


def bounded(found, most):
    """A quantity none of whose numbers is larger."""
    bounds = found.get("bounds", {}).get("highest", 0)
    numbers = [found.get("value", 0), bounds] + found.get("choices", {}).get("values", [])
    require(max(numbers) <= most, f"more than {most}")
    return found


def address(cursor):
    found = IPv6Address(cursor.take(16))
    return f"::ffff:{found.ipv4_mapped}" if found.ipv4_mapped else str(found)


def prefix(cursor):
    found = {"address": address(cursor), "length": cursor.number(1)}
    require(found["length"] <= 128, "prefix of more than 128 bits")
    require(not is_mapped(found) or found["length"] >= 96, "mapped prefix of less than 96 bits")
    return found


def is_mapped(found):
    return found["address"].startswith("::ffff:") and "." in found["address"]


MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "mon tue wed thu fri sat sun".split()
ZONES = {"gmt": 0, "ut": 0, "utc": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
DATE = re.compile(
    r"(?:([a-z]{3}), )?(\d{1,2}) ([a-z]{3}) (\d{2}|\d{4}) (\d\d):(\d\d)(?::(\d\d))? (?:([a-z]+)|([+-])(\d\d)(\d\d))", re.I | re.A)


def date(cursor):
    """RFC 1123 section 5.2.14: RFC 822 with a year of two or four digits, the zone by name or in numbers."""
    found = DATE.fullmatch(text_of(cursor.rest(), 16, 31, "ascii"))
    require(found, "no date of RFC 1123")
    day, month, year, hour, minute, second, zone, sign, hours, minutes = found.groups()[1:]
    require(month.lower() in MONTHS and (zone is None or zone.lower() in ZONES), "no such month or zone")
    year = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 50 else 1900)
    try:
        time = datetime(year, MONTHS.index(month.lower()) + 1, int(day), int(hour), int(minute), 0, 0, timezone.utc)
    except ValueError as error:
        raise Refused(f"no such time: {error}") from None
    require(int(second or 0) <= 60, "no such second")
    require(found[1] is None or found[1].lower() == DAYS[time.weekday()], "another weekday")
    if zone is None:
        require(int(hours) < 24 and int(minutes) < 60, "no such zone")
        east = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    else:
        east = timedelta(hours=ZONES[zone.lower()])
    return {"time": (time + timedelta(seconds=int(second or 0)) - east).strftime("%Y-%m-%dT%H:%M:%SZ")}


# Elements: type 2 octets, length 4, value

def elements(cursor, known, *, in_order=False, limits=None, refuse=lambda number: False, only=None):
    """A list to the end of its octets. known: {type: (name, reader)}, in the order of the grammar.

    limits has the most of each name, 1 where it does not say; only, the names that the list allows.
    """
    found, seen, place = [], {}, -1
    order = {number: index for index, number in enumerate(known)}
    while cursor.octets:
        number, size = cursor.number(2), cursor.number(4)
        is_known = number in known and (only is None or known[number][0] in only)
        require(is_known or not refuse(number), f"element {number:#06x} does not belong here")
        value = cursor.part(size)
        if not is_known:
            found.append({"unknown": {"code": number, "hex": value.octets.hex()}})
            continue
        key, read = known[number]
        require(not in_order or order[number] >= place, f"{key} out of order")
        place = order[number]
        found.append({key: read(value)})
        value.end()
        seen[key] = seen.get(key, 0) + 1
        require(seen[key] <= (limits or {}).get(key, 1), f"{key} too often")
    return found


def only_one(list_of_elements, key):
    """The element of a name, or None."""
    return next((entry[key] for entry in list_of_elements if key in entry), None)


def all_of(list_of_elements, key):
    return [entry[key] for entry in list_of_elements if key in entry]


# Clauses

WAYS = {1: "fromNodes", 2: "toNodes"}
METRICS = {1: "loss", 2: "delay", 3: "delayVariation", 4: "throughput"}
LEVELS = {1: "low", 2: "medium", 3: "high"}


def customer_nodes_map(cursor):
    nodes = several(cursor, 2, lambda c: {
        "identifier": text(c, 1), "links": several(c, 2, name, 1), "localisation": text(c)}, 1)
    differ([node["identifier"] for node in nodes], "node")
    return {"nodes": nodes}


def scope(cursor):
    entries = several(cursor, 2, scope_entry, 1)
    for family in ("ipv4", "ipv6"):
        ways = {entry["way"] for entry in entries if family in entry["families"]}
        require(len(ways) != 1, f"{family} in one direction")
    return {"entries": entries}


def scope_entry(cursor):
    entry = {
        "way": one_of(cursor.number(1), WAYS, "way"),
        "families": flags(cursor.number(1), ["ipv4", "ipv6"], "families"),
        "casts": flags(cursor.number(1), ["unicast", "multicast"], "casts"),
        "reach": one_of(cursor.number(1), {1: "global", 2: "restricted"}, "reach"),
        "model": one_of(cursor.number(1), {1: "pipe", 2: "hose", 3: "unspecifiedHose"}, "model"),
        "prefixes": several(cursor, 2, prefix), "sources": several(cursor, 2, prefix), "nodes": several(cursor, 2, name)}
    require(entry["families"] and entry["casts"], "neither family or neither cast")
    require((entry["reach"] == "restricted") == bool(entry["prefixes"]), "restricted without prefixes, or global with some")
    for found in entry["prefixes"]:
        require(("ipv4" if is_mapped(found) else "ipv6") in entry["families"], "prefix of another family")
    require(not entry["sources"] or "multicast" in entry["casts"], "sources of unicast")
    return entry


def guarantee(most=2 ** 48):
    def read(cursor):
        found = {"statistic": one_of(cursor.number(1), {1: "average", 2: "maximum", 3: "percentile"}, "statistic")}
        if found["statistic"] == "percentile":
            found["percent"] = cursor.number(2)
            require(1 <= found["percent"] <= 9999, "no such percentile")
        found["interval"] = cursor.number(4)
        require(found["interval"] > 0, "interval of nothing")
        found["value"] = bounded(quantity(cursor), most)
        return found
    return read


def words(cursor):
    return {"metric": one_of(cursor.number(1), METRICS, "metric", True), "levels": code_list(cursor, LEVELS, "level", 1)}


NUMBERS = ("trafficLoss", "oneWayDelay", "oneWayDelayVariation", "throughput")
METRIC_ELEMENTS = {
    0x0242: ("trafficLoss", guarantee(10 ** 9)), 0x0243: ("oneWayDelay", guarantee()),
    0x0244: ("oneWayDelayVariation", guarantee()), 0x0245: ("throughput", guarantee()),
    0x0247: ("qualitative", lambda c: {"guarantee": words(c)}), 0x0248: ("metaQosClass", lambda c: {"number": c.number(2)})}


def qos_guarantees(cursor):
    classes = several(cursor, 2, qos_class, 1)
    differ([entry["name"] for entry in classes], "class")
    kinds = {key for entry in classes for metric in entry["metrics"] for key in metric}
    require(not (kinds & set(NUMBERS) and kinds & {"qualitative", "metaQosClass"}), "numbers and words")
    return {"classes": classes}


def qos_class(cursor):
    inner = cursor.part(cursor.number(2))
    found = {"name": text(inner, 1), "metrics": elements(inner, METRIC_ELEMENTS, in_order=True, limits={"qualitative": 64})}
    differ([entry["guarantee"]["metric"] for entry in all_of(found["metrics"], "qualitative")], "metric")
    return found


def availability(cursor):
    found = {"statistic": one_of(cursor.number(1), {1: "average", 2: "maximum"}, "statistic"), "period": cursor.number(4)}
    require(found["period"] > 0, "period of nothing")
    return {**found, "share": bounded(quantity(cursor), 10 ** 6)}


def capacity(cursor):
    return {"entries": several(cursor, 2, lambda c: {
        "way": one_of(c.number(1), WAYS, "way"), "links": several(c, 2, name), "classes": several(c, 2, name),
        "rate": quantity(c), "burst": quantity(c)}, 1)}


def traffic_isolation(cursor):
    return {
        "isolations": code_list(cursor, {0: "none", 1: "logical", 2: "physical"}, "isolation"),
        "confidentialities": code_list(cursor, {0: "none", 1: "encrypted"}, "confidentiality"),
        "technologies": several(cursor, 1, name)}


def conformance_traffic(cursor):
    found = {
        "treatments": code_list(cursor, {1: "discard", 2: "shape", 3: "reclass"}, "treatment"),
        "reclassTo": several(cursor, 1, name), "mtu": quantity(cursor)}
    require(("reclass" in found["treatments"]) == bool(found["reclassTo"]), "re-class without a class, or a class without")
    return found


def ports(cursor):
    found = {"first": cursor.number(2), "last": cursor.number(2)}
    require(found["first"] <= found["last"], "ports that fall")
    return {"ports": found}


def code_point(cursor):
    found = cursor.number(1)
    require(found <= 63, "code point above 63")
    return found


TRANSPORTS = {1: "icmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 58: "icmpv6", 132: "sctp"}
CRITERIA = {
    0x0261: ("source", lambda c: {"prefix": prefix(c)}), 0x0262: ("destination", lambda c: {"prefix": prefix(c)}),
    0x0263: ("sourcePorts", ports), 0x0264: ("destinationPorts", ports), 0x0265: ("dscp", lambda c: {"value": code_point(c)}),
    0x0266: ("transport", lambda c: {"protocol": one_of(c.number(1), TRANSPORTS, "transport", True)}),
    0x0267: ("tunnelEndpoint", lambda c: {"address": address(c)}),
    0x0269: ("elasticity", lambda c: {"kind": one_of(c.number(1), {1: "elastic", 2: "inelastic"}, "elasticity")}),
    0x0268: ("remark", lambda c: {"way": one_of(c.number(1), WAYS, "way"), "dscp": code_point(c)})}


def flow_rule(cursor):
    inner = cursor.part(cursor.number(2))
    found = {
        "links": several(inner, 2, name), "classes": several(inner, 2, name, most=1),
        "criteria": elements(inner, CRITERIA, in_order=True, limits={"remark": 2})}
    selecting = {key for _, (key, _) in CRITERIA.items()} - {"remark"}
    require(any(key in selecting for entry in found["criteria"] for key in entry), "rule without a criterion")
    differ([entry["way"] for entry in all_of(found["criteria"], "remark")], "marked")
    return found


def overall_traffic_guarantees(cursor):
    found = several(cursor, 1, words, 1)
    require(all(entry["metric"] in ("loss", "delay", "throughput") for entry in found), "overall guarantee of another metric")
    differ([entry["metric"] for entry in found], "metric")
    return {"guarantees": found}


def routing_and_forwarding(cursor):
    found = {
        "routes": several(cursor, 1, name), "resiliences": code_list(cursor, {0: "none", 1: "protected"}, "resilience"),
        "functions": several(cursor, 1, name),
        "geographies": several(cursor, 2, lambda c: {
            "restriction": one_of(c.number(1), {1: "only", 2: "never"}, "restriction"),
            "country": text_of(c.take(2), encoding="ascii")}),
        "topologies": code_list(cursor, {1: "fullMesh", 2: "hubAndSpoke", 3: "ring"}, "topology"),
        "behaviours": several(cursor, 1, name)}
    require(len({entry["restriction"] for entry in found["geographies"]}) <= 1, "only and never")
    return found


def invocation_means(cursor):
    found = {
        "modes": code_list(cursor, {1: "implicit", 2: "explicit"}, "mode", is_open=False), "protocols": several(cursor, 1, name)}
    require("explicit" not in found["modes"] or found["protocols"], "explicit without a protocol")
    return found


NOTICES = {1: "snmp", 2: "syslog", 3: "cpnp", 4: "netconf", 5: "telephone"}


def notifications(cursor):
    return {"notifications": several(cursor, 1, lambda c: {
        "kind": text(c, 1), "interval": quantity(c), "transports": code_list(c, NOTICES, "transport"), "dataModel": text(c)}, 1)}


CLAUSES = {
    0x0210: ("customerNodesMap", customer_nodes_map), 0x0211: ("scope", scope), 0x0212: ("qosGuarantees", qos_guarantees),
    0x0213: ("availability", availability), 0x0214: ("capacity", capacity), 0x0215: ("trafficIsolation", traffic_isolation),
    0x0216: ("conformanceTraffic", conformance_traffic),
    0x0217: ("flowIdentification", lambda c: {"flowRules": several(c, 2, flow_rule, 1)}),
    0x0218: ("overallTrafficGuarantees", overall_traffic_guarantees),
    0x0219: ("routingAndForwarding", routing_and_forwarding),
    0x021A: ("activationMeans", lambda c: {"protocols": several(c, 1, name, 1)}), 0x021B: ("invocationMeans", invocation_means),
    0x021C: ("notifications", notifications)}


# Documents

def profile(cursor):
    clauses = elements(cursor.part(cursor.number(4)), CLAUSES, in_order=True)
    has = {key: only_one(clauses, key) for key, _ in CLAUSES.values()}
    require(has["customerNodesMap"], "profile without nodes")
    nodes = has["customerNodesMap"]["nodes"]
    links = {link for node in nodes for link in names_in(node["links"])}
    classes = {entry["name"] for entry in (has["qosGuarantees"] or {"classes": []})["classes"]}
    conformance = has["conformanceTraffic"] or {"treatments": [], "reclassTo": []}
    rules = (has["flowIdentification"] or {"flowRules": []})["flowRules"]
    entries = (has["capacity"] or {"entries": []})["entries"]
    require(not has["capacity"] or has["conformanceTraffic"], "capacity without conformance")
    require(
        not has["overallTrafficGuarantees"] or not has["capacity"] or "reclass" in conformance["treatments"],
        "overall guarantees beside a capacity")
    for entry in (has["scope"] or {"entries": []})["entries"]:
        require(set(names_in(entry["nodes"])) <= {node["identifier"] for node in nodes}, "unknown node")
    for entry in entries + rules:
        require(set(names_in(entry["links"])) <= links, "unknown link")
        require(set(names_in(entry["classes"])) <= classes, "unknown class")
    require(set(names_in(conformance["reclassTo"])) <= classes, "unknown class")
    return {"clauses": clauses}


def document(cursor):
    components = []
    while cursor.octets:
        components.append({"profiles": several(cursor, 2, profile, 1)})
    return {"components": components}


def is_fixed(found):
    return found["form"] == "exactly"


# Of each clause, whether nothing in it is left to be settled (section 8.9).
CONCRETE = {
    "qosGuarantees": lambda c: all(
        is_fixed(value["value"]) if key in NUMBERS else key != "qualitative" or len(value["guarantee"]["levels"]) == 1
        for entry in c["classes"] for metric in entry["metrics"] for key, value in metric.items()),
    "availability": lambda c: is_fixed(c["share"]),
    "capacity": lambda c: all(is_fixed(entry["rate"]) and is_fixed(entry["burst"]) for entry in c["entries"]),
    "trafficIsolation": lambda c: len(c["isolations"]) == len(c["confidentialities"]) == 1 and len(c["technologies"]) <= 1,
    "conformanceTraffic": lambda c: len(c["treatments"]) == 1 and len(c["reclassTo"]) <= 1 and is_fixed(c["mtu"]),
    "overallTrafficGuarantees": lambda c: all(len(entry["levels"]) == 1 for entry in c["guarantees"]),
    "routingAndForwarding": lambda c: all(len(c[key]) <= 1 for key in ("resiliences", "topologies", "behaviours")),
    "invocationMeans": lambda c: len(c["modes"]) == 1 and len(c["protocols"]) <= 1,
    "notifications": lambda c: all(is_fixed(entry["interval"]) and len(entry["transports"]) == 1 for entry in c["notifications"])}


def is_concrete(found):
    return all(
        CONCRETE.get(key, lambda c: True)(value) for component in found["components"] for one in component["profiles"]
        for clause in one["clauses"] for key, value in clause.items())


# Information elements

def contact(cursor):
    return {
        "emailAddress": text(cursor, 1), "postalAddress": text(cursor, size=2, most=1024),
        "telephoneNumbers": several(cursor, 2, name)}


def customer_description(cursor):
    return {"name": text(cursor, 1), "contact": contact(cursor)}


def provider_description(cursor):
    found = {"name": text(cursor, 1), "contact": contact(cursor)}
    return {**found, "asNumber": cursor.number(4)} if cursor.octets else found


def cost(cursor):
    if not cursor.octets:
        return {}
    found = {"currency": text_of(cursor.take(3), encoding="ascii"), "fractionDigits": cursor.number(1)}
    require(found["fractionDigits"] <= 9, "more than nine digits behind the point")
    return {"price": {**found, "amount": quantity(cursor)}}


def purpose(cursor):
    found = {"kind": one_of(cursor.number(1), {1: "permanent", 2: "test"}, "purpose")}
    if found["kind"] == "test":
        found["duration"] = cursor.number(4)
        require(found["duration"] > 0, "a test of no duration")
    return found


def providers_passed(cursor):
    providers = []
    while cursor.octets:
        providers.append(name(cursor))
    require(providers, "no provider passed")
    differ(names_in(providers), "provider")
    return {"providers": providers}


INFORMATION = {
    0x0100: ("customerDescription", customer_description), 0x0101: ("providerDescription", provider_description),
    0x0102: ("negotiationOptions", lambda c: {
        "options": elements(c, {0x0116: ("cost", cost), 0x0117: ("purpose", purpose)}, in_order=True)}),
    0x0103: ("providersPassed", providers_passed)}


def information_elements(cursor):
    return {"elements": elements(cursor, INFORMATION, refuse=lambda number: number < 0x0100)}


# Attributes

def opaque(least, most):
    def read(cursor):
        found = cursor.rest()
        require(least <= len(found) <= most, f"not {least} to {most} octets")
        return {"value": found.hex()}
    return read


STATUSES = {
    1: "messageValidationError", 2: "authenticationRequired", 3: "authorizationFailed", 4: "administrativelyProhibited",
    5: "outOfResources", 6: "networkPresenceError", 7: "moreTimeRejected"}


def authentication(cursor):
    found = {"algorithm": one_of(cursor.number(1), {1: "hmacSHA256"}, "algorithm", True)}
    key = cursor.take(cursor.number(1))
    require(key, "no key")
    digest = cursor.rest()
    require(16 <= len(digest) <= 64 and (found["algorithm"] != "hmacSHA256" or len(digest) == 32), "digest of another size")
    return {**found, "keyIdentifier": key.hex(), "digest": digest.hex()}


ATTRIBUTES = {
    0x0001: ("customerIdentifier", opaque(1, 255)), 0x0002: ("providerIdentifier", opaque(0, 255)),
    0x0003: ("nonce", opaque(16, 16)), 0x0004: ("expectedResponseTime", date), 0x0005: ("expectedOfferTime", date),
    0x0006: ("validityOfferTime", date), 0x0007: ("statusCode", lambda c: {"code": one_of(c.number(1), STATUSES, "status", True)}),
    0x0008: ("document", document), 0x0009: ("informationElements", information_elements),
    0x00FF: ("authentication", authentication)}

# The grammars of section 9.2: who sends it, what it is called here, and its attributes behind the customer's identifier; those
# with a question mark may be left out. AUTHENTICATION may end every message.
MESSAGES = {
    1: [("client", "Quotation", "expectedResponseTime? document informationElements?")],
    2: [("client", "OfferProcessing", "providerIdentifier expectedOfferTime?"),
        ("server", "Processing", "providerIdentifier expectedOfferTime?")],
    3: [("server", "Offer", "providerIdentifier nonce validityOfferTime document informationElements?")],
    4: [("client", "Accept", "providerIdentifier nonce document informationElements?")],
    5: [("client", "Decline", "providerIdentifier nonce")],
    6: [("client", "TimeGranted", "providerIdentifier expectedResponseTime document? informationElements?"),
        ("server", "Acknowledgement", "providerIdentifier expectedResponseTime? document informationElements?")],
    7: [("client", "Cancel", "document?")],
    8: [("client", "Withdraw", "providerIdentifier nonce document? informationElements?")],
    9: [("client", "Update", "providerIdentifier nonce expectedResponseTime document informationElements?")],
    10: [("client", "TimeRejected", "providerIdentifier statusCode"), ("server", "Failure", "providerIdentifier statusCode")]}


def attributes(cursor, grammar):
    wanted = ["customerIdentifier"] + grammar.split() + ["authentication?"]
    allowed = {entry.rstrip("?") for entry in wanted}
    found = elements(cursor, ATTRIBUTES, in_order=True, refuse=lambda number: True, only=allowed)
    for entry in wanted:
        require(entry.endswith("?") or only_one(found, entry) is not None, f"no {entry}")
    return found


def check(message, found):
    """What a message must say besides its grammar."""
    identifier = only_one(found, "providerIdentifier")
    require(message == "Failure" or identifier is None or identifier["value"], "empty provider identifier")
    written = only_one(found, "document")
    if message in ("Quotation", "Offer", "Accept", "Update"):
        require(written["components"], "empty document")
    require(message != "Accept" or is_concrete(written), "agreed document that is not concrete")
    require(message != "OfferProcessing" or only_one(found, "expectedOfferTime") is None, "offer time of a client")
    status = only_one(found, "statusCode")
    require(status is None or (status["code"] == "moreTimeRejected") == (message == "TimeRejected"), "status of the other side")


def decode(octets, sender):
    cursor = Cursor(octets)
    require(cursor.number(1) == 1, "another version")
    forms = [form for form in MESSAGES.get(cursor.number(1), []) if form[0] == sender]
    require(forms, f"no such message of a {sender}")
    cursor.take(2)
    size = cursor.number(4)
    require(28 <= size <= 1 << 20 and size == len(octets), "another length")
    _, message, grammar = forms[0]
    found = {"message": message, "sequenceNumber": cursor.number(4), "transactionID": cursor.take(16).hex()}
    found["attributes"] = attributes(cursor, grammar)
    check(message, found["attributes"])
    return found


def main():
    for line in sys.stdin:
        sender, _, digits = line.strip().partition(" ")
        try:
            found = decode(bytes.fromhex(digits), sender.removesuffix("Message"))
        except Refused as refusal:
            # Whatever can be wrong with one message earns the same status.
            found = {"error": "Message Validation Error"}
            if "--why" in sys.argv:
                print(refusal, file=sys.stderr)
        print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
