"""Writes Messages/diameter.txt: Diameter messages (RFC 6733) encoded by scapy and by python-diameter."""

import datetime
import struct

import scapy.contrib.diameter as s
from blocks import Elements, File
from diameter.message import Avp, Message, MessageHeader
from diameter.message import constants as c


class Avps(Elements):
    """With the vendor, which some headers have."""

    def lines(self, octets, depth=0):
        while octets:
            code, flags = struct.unpack_from("!IB", octets)
            vendor = struct.unpack_from("!I", octets, 8)[0] if flags & 0x80 else 0
            header = 12 if flags & 0x80 else 8
            size = int.from_bytes(octets[5:8], "big")
            size += -size % 4
            element, octets = octets[:size], octets[size:]
            known = s.AvpDefDict.get(vendor, {}).get(code)
            name = known[0] if known else "%d" % code
            name = "  " * depth + (name if not vendor else "%s of vendor %d" % (name, vendor))
            if (code, vendor) in {(260, 0), (279, 0), (284, 0), (297, 0), (628, 10415)}:
                yield element[:header], name
                yield from self.lines(element[header:], depth + 1)
            else:
                yield element, name


file = File("diameter.txt", "scapy.contrib.diameter and python-diameter", Avps(8, "!I", None))
KINDS = {
    257: "CapabilitiesExchange",
    258: "ReAuth",
    271: "Accounting",
    274: "AbortSession",
    275: "SessionTermination",
    280: "DeviceWatchdog",
    282: "DisconnectPeer",
}
serial = 0


def kind_of(code, is_request, is_error):
    if is_error and not is_request:
        return "ErrorAnswer"
    return KINDS[code] + ("Request" if is_request else "Answer")


def build(name, code, is_request, *avps, flags=None, application=0, numbers=None, canonical=True):
    """A message that scapy encodes."""
    global serial
    serial += 1
    hop, end = numbers or (0x10000000 + serial, 0xABC00000 + serial)
    more = {"drAppId": application, "drHbHId": hop, "drEtEId": end, "avpList": list(avps)}
    if flags is not None:
        more["drFlags"] = flags
    elif code in (258, 274, 275, 271):
        more["drFlags"] = 0xC0 if is_request else 0x40
    packet = (s.DiamReq if is_request else s.DiamAns)(code, **more)
    octets = bytes(packet)
    file.add(name, kind_of(code, is_request, octets[4] & 0x20), octets, 20, canonical)


def pack(name, code, is_request, *avps, flags=None, application=0, numbers=None):
    """A message that python-diameter encodes."""
    global serial
    serial += 1
    hop, end = numbers or (0x20000000 + serial, 0xDEF00000 + serial)
    if flags is None:
        flags = (0x80 if is_request else 0) | (0x40 if code in (258, 271, 274, 275) else 0)
    header = MessageHeader(
        command_code=code,
        command_flags=flags,
        application_id=application,
        hop_by_hop_identifier=hop,
        end_to_end_identifier=end,
    )
    octets = Message(header, list(avps)).as_bytes()
    file.add(name, kind_of(code, is_request, flags & 0x20), octets, 20)


def avp(code, value, vendor=0, **more):
    """Of scapy."""
    if isinstance(value, str) and code not in (257,):
        value = value.encode()
    return s.AVP([code, vendor] if vendor else code, val=value, **more)


def raw(code, value=b"", flags=0, vendor=0):
    """Of scapy, of which it knows nothing."""
    return (
        s.AVP_Unknown(avpCode=code, avpFlags=flags, avpVnd=vendor, val=value)
        if vendor
        else s.AVP_Unknown(avpCode=code, avpFlags=flags, val=value)
    )


def new(code, value, vendor=0, mandatory=None, private=None):
    """Of python-diameter."""
    result = Avp.new(code, vendor, value=value)
    if mandatory is not None:
        result.is_mandatory = mandatory
    if private is not None:
        result.is_private = private
    return result


HOST, REALM = avp(264, "client.example.com"), avp(296, "example.com")
SESSION = avp(263, "client.example.com;1876543210;523;mobile@200.1.1.88")
host, realm = new(264, b"server.example.net"), new(296, b"example.net")
session = new(263, "client.example.com;1876543210;523")

# Capabilities-Exchange.
build(
    "CER",
    257,
    True,
    HOST,
    REALM,
    avp(257, "192.0.2.1"),
    avp(266, 9),
    avp(269, "wire"),
    avp(278, 1),
    avp(265, 10415),
    avp(265, 13019),
    avp(258, 1),
    avp(258, 4294967295),
    avp(299, 0),
    avp(259, 3),
    avp(260, [avp(266, 10415), avp(258, 16777251)]),
    avp(267, 0xFFFFFFFF),
)
build("CER with as little as may be", 257, True, HOST, REALM, avp(257, "2001:db8::1"), avp(266, 0), avp(269, ""))
build(
    "CER with several addresses",
    257,
    True,
    HOST,
    REALM,
    avp(257, "192.0.2.1"),
    avp(257, "255.255.255.255"),
    avp(257, "::"),
    avp(257, "2001:db8:ffff::1"),
    avp(266, 4294967295),
    avp(269, "p" * 301),
)
pack(
    "CER of another peer",
    257,
    True,
    host,
    realm,
    new(257, "10.0.0.1"),
    new(257, "2001:db8::7"),
    new(266, 99999),
    new(269, "Größe"),
    new(278, 0),
    new(265, 1),
    new(265, 10415),
    new(258, 4),
    new(299, 1),
    new(259, 0),
    new(260, [new(266, 10415), new(259, 16777216)]),
    new(260, [new(266, 13019), new(258, 1)]),
    new(267, 0),
    numbers=(0, 0xFFFFFFFF),
)
build(
    "CEA",
    257,
    False,
    avp(268, 2001),
    HOST,
    REALM,
    avp(257, "192.0.2.2"),
    avp(266, 9),
    avp(269, "wire"),
    avp(258, 1),
    numbers=(0xFFFFFFFF, 0),
)
pack(
    "CEA that refuses",
    257,
    False,
    new(268, 5010),
    host,
    realm,
    new(257, "10.0.0.2"),
    new(266, 0),
    new(269, "x"),
    new(281, "no common application"),
    new(279, [new(258, 77)]),
)
pack(
    "Address of a telephone",
    257,
    False,
    new(268, 2001),
    host,
    realm,
    new(257, "4915112345678"),
    new(266, 0),
    new(269, "e164"),
)

# Device-Watchdog and Disconnect-Peer.
build("DWR", 280, True, HOST, REALM)
build("DWR with state", 280, True, HOST, REALM, avp(278, 4294967295))
build("DWR sent again", 280, True, HOST, REALM, flags=0x90)
pack("DWA", 280, False, new(268, 2001), host, realm, new(278, 1593561600))
build(
    "DWA with reasons",
    280,
    False,
    avp(268, 3004),
    HOST,
    REALM,
    avp(281, "busy"),
    avp(279, [avp(268, 2001), avp(279, [avp(1, "inner")])]),
)
for number in range(3):
    build("DPR for reason %d" % number, 282, True, HOST, REALM, avp(273, number))
pack("DPA", 282, False, new(268, 2001), host, realm)

# Re-Auth.
build(
    "RAR",
    258,
    True,
    SESSION,
    HOST,
    REALM,
    avp(283, "example.net"),
    avp(293, "nas.example.net"),
    avp(258, 1),
    avp(285, 1),
    avp(1, "user@example.com"),
    avp(278, 7),
    avp(284, [avp(280, "proxy.example.com"), avp(33, b"\x00\x01\xff")]),
    avp(282, "relay1.example.com"),
    avp(282, "r"),
)
pack(
    "RAA",
    258,
    False,
    session,
    new(268, 2002),
    host,
    realm,
    new(1, "käpt'n@example.org"),
    new(278, 3),
    new(281, ""),
    new(294, b"e.example.net"),
    new(292, "aaa://host.example.com:6666;transport=sctp"),
    new(261, 6),
    new(262, 4294967295),
    new(284, [new(280, b"p1"), new(33, b"a")]),
    new(284, [new(280, b"p2"), new(33, b"")]),
)

# Abort-Session and Session-Termination.
build(
    "ASR",
    274,
    True,
    SESSION,
    HOST,
    REALM,
    avp(283, "example.net"),
    avp(293, "nas.example.net"),
    avp(258, 1),
    avp(1, "u"),
)
pack("ASA", 274, False, session, new(268, 2001), host, realm)
build(
    "STR",
    275,
    True,
    SESSION,
    HOST,
    REALM,
    avp(283, "example.net"),
    avp(258, 1),
    avp(295, 1),
    avp(1, "user"),
    avp(25, b"class 1"),
    avp(25, b""),
    avp(293, "server"),
    avp(278, 1),
)
pack(
    "STA",
    275,
    False,
    session,
    new(268, 5002),
    host,
    realm,
    new(25, b"\x00\xff"),
    new(281, "unknown session"),
    new(294, b"other.example.net"),
    new(279, [new(263, "nobody;1;2")]),
    flags=0x40,
)

# Accounting.
build(
    "ACR",
    271,
    True,
    SESSION,
    HOST,
    REALM,
    avp(283, "example.net"),
    avp(480, 2),
    avp(485, 0),
    avp(259, 3),
    avp(1, "user"),
    avp(287, 18446744073709551615),
    avp(44, b"radius"),
    avp(50, "multi"),
    avp(85, 300),
    avp(483, 1),
    avp(278, 9),
    avp(55, 0xE2A39280),
    avp(284, [avp(280, "proxy"), avp(33, b"state")]),
    avp(282, "relay"),
)
pack(
    "ACR in an application of a vendor",
    271,
    True,
    session,
    host,
    realm,
    new(283, b"example.com"),
    new(480, 4),
    new(485, 4294967295),
    new(260, [new(266, 10415), new(259, 16777250)]),
    new(55, datetime.datetime(2020, 7, 1, 12, 0, 0, tzinfo=datetime.timezone.utc)),
    new(85, 0),
    new(483, 3),
    new(293, b"h"),
)
build(
    "ACR with the first of times", 271, True, SESSION, HOST, REALM, avp(283, "r"), avp(480, 1), avp(485, 1), avp(55, 0)
)
build(
    "ACR with the last of times",
    271,
    True,
    SESSION,
    HOST,
    REALM,
    avp(283, "r"),
    avp(480, 3),
    avp(485, 2),
    avp(55, 4294967295),
)
pack(
    "ACA",
    271,
    False,
    session,
    new(268, 2001),
    host,
    realm,
    new(480, 2),
    new(485, 0),
    new(259, 3),
    new(1, "user"),
    new(287, 0),
    new(44, b"\x00"),
    new(50, "m"),
    new(294, b"e"),
    new(85, 4294967295),
    new(483, 2),
    new(278, 1),
    new(55, datetime.datetime(1999, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc)),
)

# Errors of the protocol.
build("Error without session", 280, False, HOST, REALM, avp(268, 3001), flags=0x20)
pack(
    "Error with everything",
    275,
    False,
    session,
    host,
    realm,
    new(268, 3006),
    new(278, 1),
    new(281, "elsewhere"),
    new(294, b"agent.example.org"),
    new(279, [new(283, b"nowhere")]),
    new(297, [new(266, 10415), new(298, 5001)]),
    new(292, "aaa://a.example.org"),
    new(292, "aaas://b.example.org:3868"),
    new(261, 1),
    new(262, 60),
    new(284, [new(280, b"p"), new(33, b"\xde\xad")]),
    flags=0x60,
)
pack(
    "Error for a command that is not known", 280, False, host, realm, new(268, 3001), flags=0x60, application=4294967295
)

# Vendors, unknown ones and padding.
build(
    "Vendor's elements",
    271,
    True,
    SESSION,
    HOST,
    REALM,
    avp(283, "r"),
    avp(480, 1),
    avp(485, 1),
    avp(628, [avp(266, 10415), avp(629, 1, 10415), avp(630, 0x80000001, 10415)], 10415),
    avp(1, "262011234567890", 10415),
)
pack(
    "Vendor's elements of another peer",
    258,
    False,
    session,
    new(268, 2001),
    host,
    realm,
    new(
        c.AVP_TGPP_SUPPORTED_FEATURES,
        [new(266, 10415), new(c.AVP_TGPP_FEATURE_LIST_ID, 2, 10415), new(c.AVP_TGPP_FEATURE_LIST, 0, 10415)],
        10415,
    ),
    new(
        c.AVP_TGPP_SUPPORTED_FEATURES,
        [
            new(266, 10415),
            new(c.AVP_TGPP_FEATURE_LIST_ID, 4294967295, 10415),
            new(c.AVP_TGPP_FEATURE_LIST, 4294967295, 10415),
        ],
        10415,
    ),
)
build(
    "Elements that are not known",
    280,
    True,
    HOST,
    REALM,
    raw(70000),
    raw(70001, b"a"),
    raw(70002, b"ab", 0x20),
    raw(70003, b"abc"),
    raw(70004, b"abcd"),
    raw(1, b"user of another vendor", 0x80, 99999),
    raw(4294967295, b"x", 0x80, 4294967295),
)
build("Vendor zero", 280, True, HOST, REALM, s.AVP_Unknown(avpCode=70005, avpFlags=0x80, avpVnd=0, val=b"z"))
build("Private bit", 280, True, avp(264, "c", avpFlags=0x60), avp(296, "e", avpFlags=0x60), avp(278, 5, avpFlags=0x60))
for size in range(1, 5):
    build("Name of %d octets" % size, 280, True, avp(264, "abcd"[:size]), avp(296, "wxyz"[:size]))
pack(
    "Failed elements",
    275,
    False,
    session,
    new(268, 5004),
    host,
    realm,
    new(279, [new(295, 99), new(c.AVP_TGPP_FEATURE_LIST_ID, 7, 10415), new(260, [new(266, 1), new(258, 2)])]),
)

file.write()
