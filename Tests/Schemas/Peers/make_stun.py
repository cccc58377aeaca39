"""Writes Messages/stun.txt: STUN messages (RFC 8489, and the attributes of ICE, RFC 8445).

aioice encodes what it knows attributes for; scapy the others, of which it is given the values.
"""

import binascii
import struct

import aioice.stun as ice
import scapy.contrib.stun as scapy_stun
from aioice.stun import Class, Message, Method
from blocks import Elements, File

NAMES = {
    0x0001: "MAPPED-ADDRESS",
    0x0006: "USERNAME",
    0x0008: "MESSAGE-INTEGRITY",
    0x0009: "ERROR-CODE",
    0x000A: "UNKNOWN-ATTRIBUTES",
    0x0014: "REALM",
    0x0015: "NONCE",
    0x001C: "MESSAGE-INTEGRITY-SHA256",
    0x001D: "PASSWORD-ALGORITHM",
    0x001E: "USERHASH",
    0x0020: "XOR-MAPPED-ADDRESS",
    0x0024: "PRIORITY",
    0x0025: "USE-CANDIDATE",
    0x8002: "PASSWORD-ALGORITHMS",
    0x8003: "ALTERNATE-DOMAIN",
    0x8022: "SOFTWARE",
    0x8023: "ALTERNATE-SERVER",
    0x8028: "FINGERPRINT",
    0x8029: "ICE-CONTROLLED",
    0x802A: "ICE-CONTROLLING",
    0x802B: "RESPONSE-ORIGIN",
    0x802C: "OTHER-ADDRESS",
    0xC057: "GOOG-NETWORK-INFO",
}
file = File(
    "stun.txt",
    "aioice and scapy.contrib.stun",
    Elements(4, "!H", lambda octets: struct.unpack_from("!H", octets, 2)[0], align=4, names=NAMES),
)
KINDS = {
    Class.REQUEST: "BindingRequest",
    Class.INDICATION: "BindingIndication",
    Class.RESPONSE: "BindingSuccess",
    Class.ERROR: "BindingError",
}
serial = 0


def identifier():
    global serial
    serial += 1
    return bytes((serial * 37 + place * 11) % 256 for place in range(12))


def add(name, kind, attributes=None, key=None, fingerprint=False, transaction=None):
    """A message that aioice encodes."""
    message = Message(Method.BINDING, kind, transaction or identifier(), dict(attributes or {}))
    if key:
        message.add_message_integrity(key)
    elif fingerprint:
        message.add_fingerprint()
    file.add(name, KINDS[kind], bytes(message), 20)


def tlv(code, value):
    return scapy_stun.STUNGenericTlv(type=code, value=value)


def build(name, kind, attributes, fingerprint=False, canonical=True, **fields):
    """A message that scapy encodes."""
    packet = scapy_stun.STUN(
        stun_message_type=int(kind) | 1, transaction_id=int.from_bytes(identifier(), "big"), attributes=attributes
    )
    if fingerprint:
        packet.attributes.append(scapy_stun.STUNFingerprint(crc_32=0))
        packet.attributes[-1].crc_32 = binascii.crc32(bytes(packet)[:-8]) ^ 0x5354554E
    file.add(name, KINDS[kind] if not fields else None, bytes(packet), 20, canonical, **fields)


# Requests.
add("Request without attributes", Class.REQUEST, transaction=bytes(range(1, 13)))
add("Request, every bit of the transaction set", Class.REQUEST, transaction=b"\xff" * 12)
build("Request of scapy without attributes", Class.REQUEST, [])
for size in range(1, 6):
    add("SOFTWARE of %d octets" % size, Class.REQUEST, {"SOFTWARE": "agent"[:size]})
add("SOFTWARE that is empty", Class.REQUEST, {"SOFTWARE": ""})
add("SOFTWARE of 763 octets", Class.REQUEST, {"SOFTWARE": "s" * 763})
add("SOFTWARE that is not ASCII", Class.REQUEST, {"SOFTWARE": "プロトコル 1.0"})
add("Request with fingerprint", Class.REQUEST, {"SOFTWARE": "wire"}, fingerprint=True)
add("Fingerprint alone", Class.REQUEST, fingerprint=True)
add(
    "ICE check of the controlling agent",
    Class.REQUEST,
    {"USERNAME": "evtj:h6vY", "PRIORITY": 0x6E0001FF, "ICE-CONTROLLING": 0x932FF9B151263B36, "USE-CANDIDATE": None},
    key=b"VOkJxbRl1RmTxUk/WvJxBt",
)
add(
    "ICE check of the controlled agent",
    Class.REQUEST,
    {
        "SOFTWARE": "STUN test client",
        "PRIORITY": 0xFFFFFFFF,
        "ICE-CONTROLLED": 0xFFFFFFFFFFFFFFFF,
        "USERNAME": "evtj:h6vY",
    },
    key=b"VOkJxbRl1RmTxUk/WvJxBt",
)
add(
    "Request with a long-term credential",
    Class.REQUEST,
    {"USERNAME": "マトリックス", "NONCE": b"f//499k954d6OL34oL9FSTvy64sA", "REALM": "example.org"},
    key=b"key",
)
build(
    "Request with a long-term credential of RFC 8489",
    Class.REQUEST,
    [
        tlv(0x001E, bytes(range(64, 96))),
        tlv(0x0015, b"obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA"),
        tlv(0x0014, b"example.org"),
        tlv(0x001D, b"\x00\x02\x00\x00"),
        tlv(0x001C, bytes(range(32))),
    ],
    fingerprint=True,
)
build("Truncated MESSAGE-INTEGRITY-SHA256", Class.REQUEST, [tlv(0x0006, b"user"), tlv(0x001C, bytes(range(16)))])
build("PASSWORD-ALGORITHM with parameters", Class.REQUEST, [tlv(0x001D, b"\x7f\xff\x00\x05abcde\x00\x00\x00")])
build(
    "USERNAME of scapy, padded with blanks",
    Class.REQUEST,
    [scapy_stun.STUNUsername(username=b"alice")],
    canonical=False,
)
build(
    "Attributes of ICE by scapy",
    Class.REQUEST,
    [
        scapy_stun.STUNUsername(username=b"abcd:efgh"[:8]),
        scapy_stun.STUNPriority(priority=1),
        scapy_stun.STUNUseCandidate(),
        scapy_stun.STUNIceControlling(tie_breaker=0),
        scapy_stun.STUNMessageIntegrity(hmac_sha1=2**159 + 5),
    ],
)
build(
    "Unknown attributes that may be ignored",
    Class.REQUEST,
    [
        scapy_stun.STUNGoogNetworkInfo(network_id=1, network_cost=10),
        tlv(0x8FFF, b""),
        tlv(0xFFFF, b"\x01\x02\x03\x04\x05"),
        tlv(0x8022, b"known"),
        tlv(0xC057, b"\x00\x02\x03\xe7"),
    ],
)
build("Unknown attribute before the fingerprint", Class.REQUEST, [tlv(0x9000, b"xyz")], fingerprint=True)

# Indications.
add("Indication", Class.INDICATION)
add("Indication with fingerprint", Class.INDICATION, {"SOFTWARE": "keepalive"}, fingerprint=True)

# Success.
add("Success over IPv4", Class.RESPONSE, {"XOR-MAPPED-ADDRESS": ("192.0.2.1", 32853)})
add("Success over IPv6", Class.RESPONSE, {"XOR-MAPPED-ADDRESS": ("2001:db8:1234:5678:11:2233:4455:6677", 32853)})
add(
    "Success over IPv4 as in RFC 5769",
    Class.RESPONSE,
    {"SOFTWARE": "test vector", "XOR-MAPPED-ADDRESS": ("192.0.2.1", 32853)},
    key=b"VOkJxbRl1RmTxUk/WvJxBt",
    transaction=bytes.fromhex("b7e7a701bc34d686fa87dfae"),
)
add(
    "Success over IPv6 as in RFC 5769",
    Class.RESPONSE,
    {"SOFTWARE": "test vector", "XOR-MAPPED-ADDRESS": ("2001:db8:1234:5678:11:2233:4455:6677", 32853)},
    key=b"VOkJxbRl1RmTxUk/WvJxBt",
    transaction=bytes.fromhex("b7e7a701bc34d686fa87dfae"),
)
add(
    "Address plain and under exclusive or",
    Class.RESPONSE,
    {"MAPPED-ADDRESS": ("198.51.100.7", 1), "XOR-MAPPED-ADDRESS": ("198.51.100.7", 1)},
)
add("Plain IPv6 address", Class.RESPONSE, {"MAPPED-ADDRESS": ("2001:db8::1", 65535)})
add("Lowest address", Class.RESPONSE, {"MAPPED-ADDRESS": ("0.0.0.0", 0), "XOR-MAPPED-ADDRESS": ("0.0.0.0", 0)})
add(
    "Highest address",
    Class.RESPONSE,
    {"MAPPED-ADDRESS": ("255.255.255.255", 65535), "XOR-MAPPED-ADDRESS": ("255.255.255.255", 65535)},
)
add(
    "Answer with attributes of NAT behaviour discovery",
    Class.RESPONSE,
    {
        "XOR-MAPPED-ADDRESS": ("203.0.113.9", 40000),
        "RESPONSE-ORIGIN": ("192.0.2.10", 3478),
        "OTHER-ADDRESS": ("2001:db8::2", 3479),
    },
    fingerprint=True,
)

# Errors.
add("Error 400", Class.ERROR, {"ERROR-CODE": (400, "Bad Request")})
add(
    "Error 401",
    Class.ERROR,
    {
        "ERROR-CODE": (401, "Unauthenticated"),
        "REALM": "example.org",
        "NONCE": b"f//499k954d6OL34oL9FSTvy64sA",
        "SOFTWARE": "x",
    },
)
build(
    "Error 401 with algorithms",
    Class.ERROR,
    [
        tlv(0x0009, ice.pack_error_code((401, "Unauthenticated"))),
        tlv(0x0014, "例え.jp".encode()),
        tlv(0x0015, b"obMatJos2AAAB"),
        tlv(0x8002, b"\x00\x02\x00\x00\x00\x01\x00\x00"),
    ],
    fingerprint=True,
)
build(
    "Algorithms with parameters",
    Class.ERROR,
    [
        tlv(0x0009, ice.pack_error_code((401, ""))),
        tlv(0x0015, b"n"),
        tlv(0x0014, b"r"),
        tlv(0x8002, b"\x00\x09\x00\x03abc\x00\x00\x01\x00\x00\x00\x0a\x00\x04wxyz"),
    ],
)
add(
    "Error 438 with reason that is not ASCII",
    Class.ERROR,
    {"ERROR-CODE": (438, "veraltet: Schlüssel"), "REALM": "example.org", "NONCE": b"\x00\xff\x80"},
)
add("Error 487", Class.ERROR, {"ERROR-CODE": (487, "Role Conflict")}, key=b"key")
add("Error 500 without reason", Class.ERROR, {"ERROR-CODE": (500, "")})
add("Error 699", Class.ERROR, {"ERROR-CODE": (699, "highest")}, fingerprint=True)
for count in range(1, 4):
    build(
        "Error 420 with %d attributes" % count,
        Class.ERROR,
        [
            tlv(0x0009, ice.pack_error_code((420, "Unknown Attribute"))),
            tlv(0x000A, struct.pack("!%dH" % count, *(0x7FFF, 0x0002, 0x0033)[:count])),
        ],
    )
for address in ("192.0.2.77", "2001:db8::77"):
    build(
        "Error 300 with %s" % address,
        Class.ERROR,
        [
            tlv(0x0009, ice.pack_error_code((300, "Try Alternate"))),
            tlv(0x8023, ice.pack_address((address, 3479))),
            tlv(0x8003, b"stun.example.net"),
        ],
    )

file.write()
