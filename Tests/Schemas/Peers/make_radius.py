"""Writes Messages/radius.txt: RADIUS packets (RFC 2865, 2866, 2869) encoded by scapy."""

import struct

import scapy.layers.radius as r
from blocks import Elements, File
from scapy.layers.eap import EAP

NAMES = dict(r._radius_attribute_types)
file = File(
    "radius.txt", "scapy.layers.radius", Elements(2, "B", lambda octets: octets[1], counts_header=True, names=NAMES)
)
NUMBERS = {name: number for number, name in NAMES.items()}
serial = 0


def text(name, value):
    """An attribute by the name that the registry has for it."""
    kind = getattr(r, "RadiusAttr_" + name.replace("-", "_"), None)
    return kind(value=value) if kind else r.RadiusAttribute(type=NUMBERS[name], value=value)


def number(name, value):
    kind = getattr(r, "RadiusAttr_" + name.replace("-", "_"), None)
    return kind(value=value) if kind else r.RadiusAttribute(type=NUMBERS[name], value=struct.pack("!I", value))


def vendor(identifier, kind, value):
    return r.RadiusAttr_Vendor_Specific(vendor_id=identifier, vendor_type=kind, value=value)


def vendors(identifier, *values):
    """Several attributes of one vendor in one of RADIUS."""
    inner = b"".join(bytes(r.RadiusAttribute(type=kind, value=value)) for kind, value in values)
    return r.RadiusAttribute(type=26, value=struct.pack("!I", identifier) + inner)


def add(name, message, code, *attributes, identifier=None, authenticator=None, canonical=True):
    global serial
    serial += 1
    packet = r.Radius(
        code=code,
        id=serial if identifier is None else identifier,
        authenticator=authenticator or bytes((serial * 29 + place * 7) % 256 for place in range(16)),
        attributes=list(attributes),
    )
    file.add(name, message, bytes(packet), 20, canonical)


def request(name, *attributes, **more):
    add(name, "AccessRequest", 1, *attributes, **more)


def accept(name, *attributes, **more):
    add(name, "AccessAccept", 2, *attributes, **more)


def accounting(name, *attributes, **more):
    add(name, "AccountingRequest", 4, *attributes, **more)


user = text("User-Name", b"nemo")
password = text("User-Password", bytes.fromhex("0dbe708d93d413ce3196e43f782a0aee"))
nas = text("NAS-IP-Address", "192.168.1.16")
port = number("NAS-Port", 3)

# Access-Request.
request(
    "Example of RFC 2865 section 7.1",
    user,
    password,
    nas,
    port,
    identifier=0,
    authenticator=bytes.fromhex("0f403f9473978057bd83d5cb98f4227a"),
)
request(
    "Example of RFC 2865 section 7.2, with CHAP",
    text("User-Name", b"flopsy"),
    text("CHAP-Password", bytes.fromhex("16e95758a0bc4cd9e1b5b3cd9b1a94dd09")),
    nas,
    number("NAS-Port", 20),
    number("Service-Type", 2),
    number("Framed-Protocol", 1),
    identifier=1,
)
request("Longest password", user, text("User-Password", bytes(range(128))), nas, identifier=255)
request("Longest name", text("User-Name", b"n" * 253), password, text("NAS-Identifier", b"i" * 253))
request("Shortest name", text("User-Name", b"n"), password, text("NAS-Identifier", b"x"))
request("Name that is not ASCII", text("User-Name", "Käpt'n Nemo@日本".encode()), password, nas)
request(
    "What a dial-in server tells",
    user,
    password,
    nas,
    port,
    number("NAS-Port-Type", 0),
    number("Service-Type", 10),
    text("Called-Station-Id", b"5551000"),
    text("Calling-Station-Id", b"5552000"),
    text("NAS-Identifier", b"nas.example"),
    number("Framed-MTU", 64),
    text("Connect-Info", b"28800 V42BIS/LAPM"),
    text("NAS-Port-Id", b"slot 1 port 2"),
    text("Framed-IP-Address", "192.0.2.99"),
    text("Framed-IP-Netmask", "255.255.255.255"),
    number("Port-Limit", 2),
)
request(
    "EAP",
    user,
    nas,
    r.RadiusAttr_EAP_Message(value=EAP(code=2, id=1, type=1, identity=b"nemo")),
    text("Message-Authenticator", bytes(range(16))),
    number("Framed-MTU", 65535),
)
request(
    "EAP in several attributes",
    user,
    nas,
    text("State", b"\x00\xff"),
    r.RadiusAttribute(type=79, value=b"\x02\x05\x01\x10" + b"e" * 249),
    r.RadiusAttribute(type=79, value=b"f" * 19),
    text("Message-Authenticator", b"\xff" * 16),
)
request(
    "ARAP",
    user,
    nas,
    text("ARAP-Password", bytes(range(16))),
    number("ARAP-Security", 0x50415353),
    text("ARAP-Security-Data", b"\x01\x02\x03"),
    text("ARAP-Security-Data", b"\x04"),
)
request(
    "LAT",
    user,
    password,
    nas,
    text("Login-LAT-Service", b"svc"),
    text("Login-LAT-Node", b"node"),
    text("Login-LAT-Group", b"\xa5" * 32),
    text("Login-LAT-Port", b"lp"),
    number("Service-Type", 1),
    number("Login-Service", 4),
)
request(
    "Proxies",
    user,
    text("CHAP-Password", b"\xff" + bytes(16)),
    text("CHAP-Challenge", b"challenge octets"),
    nas,
    text("Proxy-State", b"first"),
    text("Proxy-State", b"second\x00"),
    text("Proxy-State", b"\x00" * 253),
)
request(
    "Vendors",
    user,
    password,
    nas,
    vendor(9, 1, b"shell:priv-lvl=15"),
    vendor(9, 2, b"Async1"),
    vendor(9, 250, b"AS0"),
    vendor(311, 11, b"01234567"),
    vendor(311, 1, b"\x01\x00" + bytes(48)),
)
request(
    "Two attributes of a vendor in one",
    user,
    password,
    nas,
    vendors(9, (1, b"a=b"), (1, b"c*d"), (2, b"x"), (200, b"")),
)
request("Vendor that is not known", user, password, nas, vendor(16777215, 255, b"opaque"))
request(
    "Vendor whose value is not attributes",
    user,
    password,
    nas,
    r.RadiusAttribute(type=26, value=b"\x00\x00\x7e\xd9raw"),
)
request(
    "Attributes that are not known",
    user,
    password,
    nas,
    r.RadiusAttribute(type=192, value=b"experimental"),
    r.RadiusAttribute(type=241, value=b"\x01extended"),
    r.RadiusAttribute(type=255, value=b"\x00"),
)
request("Codes without a name", user, password, nas, number("Service-Type", 4000000000), number("NAS-Port-Type", 99))

# Access-Accept.
accept("Accept without attributes")
accept(
    "Accept of section 7.1",
    number("Service-Type", 1),
    number("Login-Service", 0),
    text("Login-IP-Host", "192.168.1.3"),
    identifier=0,
)
accept(
    "Accept of section 7.2",
    number("Service-Type", 2),
    number("Framed-Protocol", 1),
    text("Framed-IP-Address", "255.255.255.254"),
    number("Framed-Routing", 0),
    number("Framed-Compression", 1),
    number("Framed-MTU", 1500),
    identifier=1,
)
accept(
    "What a framed user gets",
    user,
    number("Service-Type", 2),
    number("Framed-Protocol", 1),
    text("Framed-IP-Address", "10.0.0.1"),
    text("Framed-IP-Netmask", "255.255.255.0"),
    number("Framed-Routing", 3),
    text("Filter-Id", b"in"),
    text("Filter-Id", b"out"),
    number("Framed-MTU", 1400),
    number("Framed-Compression", 1),
    number("Framed-Compression", 2),
    text("Framed-Route", b"192.168.1.0/24 192.168.1.1 1"),
    text("Framed-Route", b"10.0.0.0/8 0.0.0.0 2"),
    text("Framed-IPX-Network", "255.255.255.254"),
    text("Class", b"c1"),
    text("Class", b"\x00c2"),
    number("Session-Timeout", 0xFFFFFFFF),
    number("Idle-Timeout", 0),
    number("Termination-Action", 1),
    text("Framed-Pool", b"pool"),
    number("Acct-Interim-Interval", 60),
)
accept(
    "What a login user gets",
    number("Service-Type", 1),
    number("Login-Service", 2),
    text("Login-IP-Host", "0.0.0.0"),
    number("Login-TCP-Port", 65535),
    text("Reply-Message", b"Welcome"),
    text("Reply-Message", "zurück".encode()),
    text("State", b"s"),
    number("Port-Limit", 1),
)
accept(
    "Callback",
    number("Service-Type", 4),
    text("Callback-Number", b"555-1234"),
    text("Callback-Id", b"office"),
    text("Configuration-Token", b"token"),
    number("Password-Retry", 3),
)
accept(
    "AppleTalk",
    number("Framed-Protocol", 3),
    number("Framed-AppleTalk-Link", 65535),
    number("Framed-AppleTalk-Network", 0),
    number("Framed-AppleTalk-Network", 200),
    text("Framed-AppleTalk-Zone", b"zone"),
    text("ARAP-Features", bytes(range(14))),
    number("ARAP-Zone-Access", 2),
    text("ARAP-Challenge-Response", b"\x01\x02\x03\x04\x05\x06\x07\x08"),
)
accept(
    "Keys of a vendor",
    vendor(311, 16, b"\x80\x01" + b"s" * 32),
    vendor(311, 17, b"\x80\x02" + b"r" * 32),
    vendors(311, (7, b"\x00\x00\x00\x01"), (8, b"\x00\x00\x00\x06")),
)
accept("Nearly the longest packet", *[text("Reply-Message", bytes([97 + place]) * 253) for place in range(15)])

# Access-Reject and Access-Challenge.
add("Reject without attributes", "AccessReject", 3)
add(
    "Reject with reasons",
    "AccessReject",
    3,
    text("Reply-Message", b"Go away."),
    text("Reply-Message", b"\xe2\x9c\x97"),
    text("Proxy-State", b"p"),
    number("Password-Retry", 1),
    r.RadiusAttr_EAP_Message(value=EAP(code=4, id=9)),
    text("Message-Authenticator", bytes(16)),
)
add(
    "Challenge",
    "AccessChallenge",
    11,
    text("Reply-Message", b"Challenge 32769430. Enter response at prompt."),
    text("State", b"8"),
    number("Prompt", 1),
    number("Session-Timeout", 30),
    number("Idle-Timeout", 5),
)
add(
    "Challenge of EAP",
    "AccessChallenge",
    11,
    text("State", bytes(range(20))),
    r.RadiusAttr_EAP_Message(value=EAP(code=1, id=2, type=1)),
    text("Message-Authenticator", bytes(range(100, 116))),
    text("Proxy-State", b"1"),
)

# Accounting.
accounting(
    "Start",
    number("Acct-Status-Type", 1),
    text("Acct-Session-Id", b"00000001"),
    nas,
    port,
    user,
    number("Acct-Delay-Time", 0),
    number("Acct-Authentic", 1),
    text("Framed-IP-Address", "10.1.2.3"),
    r.RadiusAttribute(type=55, value=struct.pack("!I", 1593561600)),
)
accounting(
    "Stop",
    number("Acct-Status-Type", 2),
    text("Acct-Session-Id", b"00000001"),
    nas,
    user,
    number("Acct-Session-Time", 3600),
    number("Acct-Input-Octets", 0xFFFFFFFF),
    number("Acct-Output-Octets", 0),
    number("Acct-Input-Packets", 1),
    number("Acct-Output-Packets", 0xFFFFFFFF),
    number("Acct-Terminate-Cause", 1),
    number("Acct-Input-Gigawords", 2),
    number("Acct-Output-Gigawords", 0xFFFFFFFF),
    text("Acct-Multi-Session-Id", b"multi"),
    number("Acct-Link-Count", 2),
    text("Class", b"c"),
    r.RadiusAttribute(type=55, value=b"\x00\x00\x00\x00"),
)
accounting(
    "Interim update",
    number("Acct-Status-Type", 3),
    text("Acct-Session-Id", b"x" * 253),
    text("NAS-Identifier", b"n"),
    number("NAS-Port-Type", 19),
    r.RadiusAttribute(type=55, value=b"\xff\xff\xff\xff"),
)
accounting("Accounting on", number("Acct-Status-Type", 7), text("Acct-Session-Id", b"0"), nas)
accounting(
    "Accounting off",
    number("Acct-Status-Type", 8),
    text("Acct-Session-Id", b"0"),
    nas,
    number("Acct-Terminate-Cause", 18),
)
accounting(
    "Status without a name",
    number("Acct-Status-Type", 255),
    text("Acct-Session-Id", b"9"),
    nas,
    number("Acct-Authentic", 0),
    number("Acct-Terminate-Cause", 77),
    vendor(9, 1, b"task_id=1"),
)
add("Accounting response", "AccountingResponse", 5)
add(
    "Accounting response through a proxy", "AccountingResponse", 5, text("Proxy-State", b"a"), text("Proxy-State", b"b")
)

# Status.
add("Status-Server", "StatusServer", 12, text("Message-Authenticator", bytes(range(16))), nas)

file.write()
