"""A second reading of CUSP, draft -03: a decoder written from the draft and the information model, not from the schema.

Each line of standard input is a direction, "controlPlane" or "userPlane" (who sends), a blank, and octets in hexadecimal. For each
there is a line of output: a JSON object with the values, under the names that the schema gives them, or {"error": "..."} with the
label of the ERRID that the octets earn. Standard library only.
"""

import ipaddress
import json
import sys

VERSION_NEGOTIATION = "version negotiation failed"
UNKNOWN_TYPE = "TLV type cannot be recognized"
LENGTH = "TLV length Anomaly"
OBJECTIVE = "TLV objective Anomaly"
STATISTICS = "Statistics failed"
NOT_SUPPORTED = "Statistics request not supported"

ERRIDS = {
    1001: "versionNegotiationFailed",
    1002: "typeNotRecognized",
    1003: "lengthAnomaly",
    1004: "objectiveAnomaly",
    1005: "statisticsFailed",
    1006: "statisticsNotSupported",
}


class Anomaly(Exception):
    """What is wrong with octets, as an ERRID."""


class Octets:
    """Octets that are taken from the front."""

    def __init__(self, octets, on_end):
        self.octets, self.place, self.on_end = octets, 0, on_end

    def take(self, count):
        if self.place + count > len(self.octets):
            raise Anomaly(self.on_end)
        self.place += count
        return self.octets[self.place - count : self.place]

    def number(self, count):
        return int.from_bytes(self.take(count), "big")

    def left(self):
        return len(self.octets) - self.place


# Kinds of values: each takes its octets and gives what JSON has, or nothing for what is reserved.


def number(count):
    return lambda octets: octets.number(count)


def counter(octets):
    # A number that a JavaScript number cannot hold is text.
    return str(octets.number(8))


def mac(octets):
    return ":".join(f"{octet:02x}" for octet in octets.take(6))


def ipv4(octets):
    return str(ipaddress.IPv4Address(octets.take(4)))


def ipv6(octets):
    address = ipaddress.IPv6Address(octets.take(16))
    return f"::ffff:{address.ipv4_mapped}" if address.ipv4_mapped else str(address)


def low_12_bits(octets):
    return octets.number(2) & 0x0FFF


def lowest_bit(octets):
    return octets.number(2) & 1 == 1


def name_of_64(octets):
    text = octets.take(64).split(b"\0")[0]
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return {"hex": text.hex()}


def named(count, names, error):
    def take(octets):
        value = octets.number(count)
        if value not in names:
            raise Anomaly(error)
        return names[value]

    return take


def skip(count):
    def take(octets):
        octets.take(count)

    return take


def if_any_left(kind):
    return lambda octets: kind(octets) if octets.left() >= 4 else None


u8, u16, u32 = number(1), number(2), number(4)

# Information model -03, section 4.1; for 1, 7 and 8 revision -04 of the draft.
OBJECTS = {
    0: ("userBasic", [("userID", u32), ("address", mac), ("accessType", u16), ("sessionID", u32), ("innerVLAN", low_12_bits),
                      ("outerVLAN", low_12_bits), ("interface", u32)]),
    1: ("userPPP", [("userID", u32), ("maximumSegmentSize", u16), ("limitsSegments", lowest_bit), ("maximumReceiveUnit", u16),
                    (None, skip(2)), ("magicNumber", u32), ("peerMagicNumber", u32)]),
    2: ("accessInterface", [("interface", u32), ("bas", u16), ("onlyPPP", u16), ("ipv4Trigger", u16), ("ipv6Trigger", u16),
                            ("neighborTrigger", u16), ("arpProxy", u16)]),
    3: ("userIPv4", [("userID", u32), ("address", ipv4), ("maskLength", u32), ("gateway", ipv4), ("vrf", u32)]),
    4: ("userIPv6", [("userID", u32), ("address", ipv6), ("prefixLength", u32), ("delegatedPrefix", ipv6),
                     ("delegatedPrefixLength", u32), ("vrf", u32)]),
    5: ("userQoS", [("userID", u32), ("committedRate", u32), ("peakRate", u32), ("committedBurst", u32), ("peakBurst", u32),
                    ("profile", if_any_left(u32))]),
    6: ("routeIPv4", [("prefix", ipv4), ("mask", ipv4), ("vrf", u32), ("nextHop", ipv4), ("interface", u32),
                      ("maskLength", u32)]),
    7: ("routeIPv6", [("userID", u32), ("prefix", ipv6), ("prefixLength", u32), ("nextHop", ipv6), ("nextHopPrefixLength", u32),
                      ("interface", u32), ("cost", u32), ("tag", u32), ("routeType", u16), ("isAdvertised", lowest_bit)]),
    8: ("staticUser", [("interface", u32), ("customerVLAN", low_12_bits), ("providerVLAN", low_12_bits), ("address", ipv6),
                       ("gateway", ipv6), ("station", mac), (None, skip(2))]),
}

# CUSP-03 sections 7.2 and 7.3.
EVENTS = {
    0: ("userTraffic", [("userID", u32), ("kind", named(4, {0: "ipv4", 1: "ipv6"}, OBJECTIVE)), ("ingressPackets", counter),
                        ("ingressBytes", counter), ("egressPackets", counter), ("egressBytes", counter)]),
    1: ("userDetectResult", [("userID", u32), ("detectFail", u16)]),
}

STATES = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent"}

# Information model -03, section 4.2.1; for 1 revision -04 of the draft.
RESOURCES = {
    0: ("interface", [("interface", u32), ("name", name_of_64), ("interfaceType", u32), ("linkType", u32), ("address", mac),
                      ("state", named(1, STATES, OBJECTIVE)), ("mtu", u32)]),
    1: ("slot", [("chassis", u8), ("slot", u8), ("subSlot", u8),
                 ("boardType", named(1, {1: "carrierGradeNAT", 2: "interface"}, OBJECTIVE)),
                 ("state", named(1, {0: "normal", 1: "abnormal"}, OBJECTIVE)), (None, skip(3))]),
}

CLASSES = {0: "objective", 1: "sourceReport", 2: "eventReport"}
EVENT_NAMES = {0: "request", 1: "begin", 2: "data", 3: "end"}


def fields_of(octets, fields):
    values = {}
    for name, kind in fields:
        value = kind(octets)
        if name is not None and value is not None:
            values[name] = value
    if octets.left():
        raise Anomaly(LENGTH)
    return values


def elements(octets):
    """Type, value and place of every TLV: 2 octets of type, 2 of length, padded to a multiple of 4."""
    place = 0
    while octets.left():
        kind, length = octets.number(2), octets.number(2)
        value = octets.take(length)
        octets.take(-length % 4)
        yield place, kind, value
        place += 1


def mask_of(length):
    return str(ipaddress.IPv4Address((0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF))


def check_object(name, values):
    """What an object may be; of what is deleted only what belongs to its key (CUSP-03 section 5.1)."""
    updates = values["operation"] == "update"
    right = True
    if name == "userIPv4":
        right = not updates or values["maskLength"] <= 32
    elif name == "userIPv6":
        right = not updates or values["prefixLength"] <= 128 and values["delegatedPrefixLength"] <= 128
    elif name == "routeIPv4":
        right = values["maskLength"] <= 32 and values["mask"] == mask_of(values["maskLength"])
    elif name == "routeIPv6":
        right = values["prefixLength"] <= 128 and (not updates or values["nextHopPrefixLength"] <= 128)
    if not right:
        raise Anomaly(OBJECTIVE)


def objects(octets):
    found = []
    for _, kind, value in elements(octets):
        operation, kind = kind >> 12, kind & 0x0FFF
        if kind not in OBJECTS:
            continue
        if operation > 1:
            raise Anomaly(UNKNOWN_TYPE)
        name, fields = OBJECTS[kind]
        values = {"operation": ["update", "delete"][operation]}
        values.update(fields_of(Octets(value, LENGTH), fields))
        check_object(name, values)
        found.append({name: values})
    return found


def plain(octets, known):
    """Events and resources, which have no operation."""
    found = []
    for _, kind, value in elements(octets):
        if kind in known:
            name, fields = known[kind]
            found.append({name: fields_of(Octets(value, LENGTH), fields)})
    return found


def hello(octets):
    found = 0
    for _, kind, value in elements(octets):
        if kind != 0:
            continue
        if len(value) != 4 or int.from_bytes(value, "big") != 1:
            raise Anomaly(VERSION_NEGOTIATION)
        found += 1
    if found != 1:
        raise Anomaly(VERSION_NEGOTIATION)
    return [{"hello": {}}]


def statistics_value(value, event):
    octets = Octets(value, LENGTH)
    class_id = octets.number(2)
    if class_id not in CLASSES:
        raise Anomaly(NOT_SUPPORTED)
    if octets.number(2) != event:
        raise Anomaly(STATISTICS)
    return {"statistics": {"classID": CLASSES[class_id], "event": EVENT_NAMES[event]}}


def statistics(octets, event):
    """Request, Begin and End, and what acknowledges them: the one element, before what is unknown."""
    found = []
    for place, kind, value in elements(octets):
        if kind != 1:
            continue
        if place != 0:
            raise Anomaly(STATISTICS)
        found.append(statistics_value(value, event))
    if not found:
        raise Anomaly(OBJECTIVE)
    return found


def first_statistics(octets):
    """The element that Data starts with."""
    if not octets.left():
        raise Anomaly(OBJECTIVE)
    kind, length = octets.number(2), octets.number(2)
    value = octets.take(length)
    octets.take(-length % 4)
    if kind != 1:
        raise Anomaly(STATISTICS)
    return statistics_value(value, 2)


def reports(octets, class_name):
    if class_name == "objective":
        found = objects(octets)
        if any(value["operation"] != "update" for entry in found for value in entry.values()):
            raise Anomaly(STATISTICS)
        return {"objective": {"objectives": found}}
    if class_name == "sourceReport":
        return {"sourceReport": {"resources": plain(octets, RESOURCES)}}
    return {"eventReport": {"events": plain(octets, EVENTS)}}


def at_least_one(found):
    if not found:
        raise Anomaly(OBJECTIVE)
    return found


NAMES = {
    1: ("UpdateObjective", "controlPlane"),
    3: ("StatisticsRequest", "controlPlane"),
    4: ("StatisticsBegin", "userPlane"),
    5: ("StatisticsData", "userPlane"),
    6: ("StatisticsEnd", "userPlane"),
    7: ("SourceReport", "userPlane"),
    8: ("EventReport", "userPlane"),
}


def body(kind, octets):
    """The values of a message that is no acknowledgement."""
    if kind == 1:
        return {"objectives": at_least_one(objects(octets))}
    if kind == 2:
        return {"controls": hello(octets)}
    if kind == 5:
        control = first_statistics(octets)
        return {"controls": [control], "reports": reports(octets, control["statistics"]["classID"])}
    if kind in (3, 4, 6):
        return {"controls": statistics(octets, kind - 3)}
    if kind == 7:
        return {"resources": at_least_one(plain(octets, RESOURCES))}
    if kind == 8:
        return {"events": at_least_one(plain(octets, EVENTS))}
    error = octets.number(4)
    if octets.left():
        raise Anomaly(LENGTH)
    return {"errorID": ERRIDS.get(error, error)}


def acknowledgement_body(kind, octets):
    """Statistics echo their element; what answers anything else is a header alone."""
    if kind == 5:
        control = first_statistics(octets)
        if octets.left():
            raise Anomaly(STATISTICS)
        return {"controls": [control]}
    if kind in (3, 4, 6):
        return {"controls": statistics(octets, kind - 3)}
    if octets.left():
        raise Anomaly(OBJECTIVE)
    return {}


def decode(sender, message):
    if not message:
        raise Anomaly(LENGTH)
    kind = message[0]
    if not 1 <= kind <= 9:
        raise Anomaly(UNKNOWN_TYPE)
    if len(message) < 8 or len(message) > 65532 or len(message) % 4:
        raise Anomaly(LENGTH)
    asks = message[1] >= 0x80
    length = int.from_bytes(message[2:4], "big")
    if length < 8 or length > len(message):
        raise Anomaly(LENGTH)
    transaction = int.from_bytes(message[4:8], "big")
    octets = Octets(message[8:length], LENGTH)
    if kind in (2, 9):
        plane = {"controlPlane": "ControlPlane", "userPlane": "UserPlane"}[sender]
        name = plane + {2: "Hello", 9: "Error"}[kind]
        is_acknowledgement = False
    else:
        name, owner = NAMES[kind]
        is_acknowledgement = sender != owner
    values = {"message": name}
    if is_acknowledgement:
        values["message"] += "ACK"
        if asks:
            raise Anomaly(STATISTICS if 3 <= kind <= 6 else OBJECTIVE)
    else:
        values["asksForACK"] = asks
    values["transactionID"] = transaction
    values.update(acknowledgement_body(kind, octets) if is_acknowledgement else body(kind, octets))
    if length < len(message):
        raise Anomaly(LENGTH)
    return values


def main():
    for line in sys.stdin:
        sender, _, digits = line.strip().partition(" ")
        try:
            result = decode(sender, bytes.fromhex(digits))
        except Anomaly as anomaly:
            result = {"error": str(anomaly)}
        print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
