"""Writes Messages/dhcpv6.txt: DHCPv6 messages (RFC 8415, with the options of RFC 3646) encoded by scapy."""

import struct

import scapy.layers.dhcp6 as d
from blocks import Elements, File

NAMES = {
    1: "CLIENTID",
    2: "SERVERID",
    3: "IA_NA",
    4: "IA_TA",
    5: "IAADDR",
    6: "ORO",
    7: "PREFERENCE",
    8: "ELAPSED_TIME",
    9: "RELAY_MSG",
    11: "AUTH",
    12: "UNICAST",
    13: "STATUS_CODE",
    14: "RAPID_COMMIT",
    15: "USER_CLASS",
    16: "VENDOR_CLASS",
    17: "VENDOR_OPTS",
    18: "INTERFACE_ID",
    19: "RECONF_MSG",
    20: "RECONF_ACCEPT",
    23: "DNS_SERVERS",
    24: "DOMAIN_LIST",
    25: "IA_PD",
    26: "IAPREFIX",
    32: "INFORMATION_REFRESH_TIME",
    82: "SOL_MAX_RT",
    83: "INF_MAX_RT",
}
file = File(
    "dhcpv6.txt",
    "scapy.layers.dhcp6",
    Elements(
        4,
        "!H",
        lambda octets: struct.unpack_from("!H", octets, 2)[0],
        names=NAMES,
        more={3: 12, 4: 4, 5: 24, 25: 12, 26: 25},
    ),
)
serial = 0


def add(name, kind, *options, transaction=None):
    global serial
    serial += 0x10203
    packet = kind(trid=serial & 0xFFFFFF if transaction is None else transaction)
    for option in options:
        packet = packet / option
    message = kind.__name__.removeprefix("DHCP6_")
    message = {"Reconf": "Reconfigure", "InfoRequest": "InformationRequest"}.get(message, message)
    file.add(name, message, bytes(packet), 4)
    return packet


def relay(name, kind, hops, link, peer, *options):
    packet = kind(hopcount=hops, linkaddr=link, peeraddr=peer)
    for option in options:
        packet = packet / option
    file.add(name, kind.__name__.removeprefix("DHCP6_"), bytes(packet), 34)
    return packet


def option(code, data=b""):
    return d.DHCP6OptUnknown(optcode=code, data=data)


# DUIDs: the four kinds, and one that nobody knows.
llt = d.DUID_LLT(hwtype=1, timeval=0x1C39CF88, lladdr="08:00:27:fe:8f:95")
ll = d.DUID_LL(hwtype=1, lladdr="00:1d:09:7e:5a:b8")
en = d.DUID_EN(enterprisenum=32473, id=b"\x0c\xc0\x84\xd3\x03\x00\x09\x12")
uuid = d.DUID_UUID(uuid="12345678-9abc-def0-1234-56789abcdef0")
client = d.DHCP6OptClientId(duid=llt)
server = d.DHCP6OptServerId(duid=ll)
elapsed = d.DHCP6OptElapsedTime(elapsedtime=0)


def address(text, preferred=3000, valid=4000, *options):
    return d.DHCP6OptIAAddress(addr=text, preflft=preferred, validlft=valid, iaaddropts=list(options))


def prefix(text, size, preferred=3000, valid=4000, *options):
    return d.DHCP6OptIAPrefix(prefix=text, plen=size, preflft=preferred, validlft=valid, iaprefopts=list(options))


def status(code, text=b""):
    return d.DHCP6OptStatusCode(statuscode=code, statusmsg=text)


# Solicit.
add("Solicit", d.DHCP6_Solicit, client, elapsed, d.DHCP6OptIA_NA(iaid=0x27FE8F95, T1=0, T2=0), transaction=0)
add(
    "Solicit with every option of a client",
    d.DHCP6_Solicit,
    client,
    d.DHCP6OptIA_NA(iaid=1, T1=3600, T2=5400, ianaopts=[address("2001:db8::1", 7200, 7500)]),
    d.DHCP6OptIA_TA(iaid=2, iataopts=[address("2001:db8::2", 1, 2)]),
    d.DHCP6OptIA_PD(iaid=3, T1=0, T2=0, iapdopt=[prefix("2001:db8:1::", 48)]),
    d.DHCP6OptOptReq(reqopts=[23, 24, 82, 83, 65535]),
    d.DHCP6OptElapsedTime(elapsedtime=65535),
    d.DHCP6OptRapidCommit(),
    d.DHCP6OptUserClass(userclassdata=[d.USER_CLASS_DATA(data=b"staff"), d.USER_CLASS_DATA(data=b"")]),
    d.DHCP6OptVendorClass(enterprisenum=4491, vcdata=[d.VENDOR_CLASS_DATA(data=b"docsis3.0")]),
    d.DHCP6OptVendorSpecificInfo(
        enterprisenum=4491,
        vso=[
            d.VENDOR_SPECIFIC_OPTION(optcode=1, optdata=b"\x00\x02"),
            d.VENDOR_SPECIFIC_OPTION(optcode=65535, optdata=b""),
        ],
    ),
    d.DHCP6OptReconfAccept(),
    transaction=0xFFFFFF,
)
add(
    "Solicit for three of a kind",
    d.DHCP6_Solicit,
    client,
    elapsed,
    d.DHCP6OptIA_NA(iaid=0, T1=0, T2=0),
    d.DHCP6OptIA_NA(iaid=0xFFFFFFFF, T1=0xFFFFFFFF, T2=0xFFFFFFFF),
    d.DHCP6OptIA_NA(iaid=7, T1=1, T2=2),
)
for kind, duid in (("LL", ll), ("EN", en), ("UUID", uuid)):
    add("Solicit with a DUID of kind " + kind, d.DHCP6_Solicit, d.DHCP6OptClientId(duid=duid), elapsed)
add(
    "Solicit with an empty enterprise identifier",
    d.DHCP6_Solicit,
    d.DHCP6OptClientId(duid=d.DUID_EN(enterprisenum=0xFFFFFFFF, id=b"")),
    elapsed,
)
add(
    "Solicit with a DUID of the longest kind",
    d.DHCP6_Solicit,
    d.DHCP6OptClientId(duid=d.DUID_EN(enterprisenum=9, id=bytes(range(124)))),
    elapsed,
)
add("Solicit with a DUID of unknown kind", d.DHCP6_Solicit, option(1, b"\x00\x09\x01\x02\x03\x04\x05"), elapsed)
add("Solicit with nothing but what must be", d.DHCP6_Solicit, client, elapsed)

# Advertise.
add(
    "Advertise",
    d.DHCP6_Advertise,
    server,
    client,
    d.DHCP6OptIA_NA(iaid=0x27FE8F95, T1=1800, T2=2880, ianaopts=[address("2001:db8:a::5"), address("2001:db8:b::5")]),
    d.DHCP6OptPref(prefval=255),
    d.DHCP6OptDNSServers(dnsservers=["2001:db8::53", "2001:db8::5353"]),
    d.DHCP6OptDNSDomains(dnsdomains=["example.com.", "example.net."]),
    d.DHCP6OptReconfAccept(),
)
add(
    "Advertise without addresses",
    d.DHCP6_Advertise,
    server,
    client,
    status(2, b"No addresses have been assigned"),
    option(82, b"\x00\x01\x51\x80"),
    option(83, b"\x00\x00\x00\x3c"),
    d.DHCP6OptPref(prefval=0),
)

# Request.
add(
    "Request",
    d.DHCP6_Request,
    client,
    server,
    elapsed,
    d.DHCP6OptIA_NA(iaid=5, T1=0, T2=0, ianaopts=[address("2001:db8::ffff", 0xFFFFFFFF, 0xFFFFFFFF)]),
    d.DHCP6OptOptReq(reqopts=[82]),
)
add(
    "Request of a prefix",
    d.DHCP6_Request,
    client,
    server,
    elapsed,
    d.DHCP6OptOptReq(reqopts=[]),
    d.DHCP6OptIA_PD(
        iaid=0x01020304, T1=0xFFFFFFFF, T2=0xFFFFFFFF, iapdopt=[prefix("::", 56, 0, 0), prefix("2001:db8:8000::", 128)]
    ),
)

# The others of a client.
add(
    "Confirm",
    d.DHCP6_Confirm,
    client,
    elapsed,
    d.DHCP6OptIA_NA(iaid=5, T1=0, T2=0, ianaopts=[address("2001:db8::7", 0, 0)]),
    d.DHCP6OptIA_TA(iaid=6, iataopts=[address("2001:db8::8", 0, 0), address("2001:db8::9", 0, 0)]),
)
add(
    "Renew",
    d.DHCP6_Renew,
    client,
    server,
    d.DHCP6OptElapsedTime(elapsedtime=100),
    d.DHCP6OptIA_NA(iaid=5, T1=0, T2=0, ianaopts=[address("2001:db8::7", 0, 0)]),
    d.DHCP6OptIA_PD(iaid=5, T1=0, T2=0, iapdopt=[prefix("2001:db8:f00::", 40, 0, 0)]),
    d.DHCP6OptOptReq(reqopts=[24, 23]),
)
add(
    "Rebind",
    d.DHCP6_Rebind,
    client,
    d.DHCP6OptElapsedTime(elapsedtime=256),
    d.DHCP6OptIA_NA(iaid=5, T1=0, T2=0, ianaopts=[address("fe80::1", 0, 0)]),
)
add(
    "Release",
    d.DHCP6_Release,
    server,
    client,
    elapsed,
    d.DHCP6OptIA_NA(iaid=5, T1=0, T2=0, ianaopts=[address("2001:db8::7", 0, 0)]),
)
add(
    "Decline",
    d.DHCP6_Decline,
    client,
    server,
    elapsed,
    d.DHCP6OptIA_NA(iaid=5, T1=0, T2=0, ianaopts=[address("2001:db8::7", 0, 0)]),
    d.DHCP6OptUserClass(userclassdata=[d.USER_CLASS_DATA(data=bytes(range(256)))]),
)
add("Information-request", d.DHCP6_InfoRequest, client, elapsed, d.DHCP6OptOptReq(reqopts=[23, 24, 32, 83]))
add(
    "Information-request without a client",
    d.DHCP6_InfoRequest,
    elapsed,
    d.DHCP6OptVendorClass(
        enterprisenum=0,
        vcdata=[d.VENDOR_CLASS_DATA(data=b"a"), d.VENDOR_CLASS_DATA(data=b""), d.VENDOR_CLASS_DATA(data=b"\xff\x00")],
    ),
)

# Reply.
add(
    "Reply",
    d.DHCP6_Reply,
    client,
    server,
    d.DHCP6OptIA_NA(
        iaid=5,
        T1=100,
        T2=200,
        ianaopts=[address("2001:db8::7", 300, 400, status(0, b"granted")), status(0, b"all assigned")],
    ),
    d.DHCP6OptIA_PD(
        iaid=6, T1=100, T2=100, iapdopt=[prefix("2001:db8:f00::", 40, 300, 300, status(6)), status(6, b"NoPrefixAvail")]
    ),
    d.DHCP6OptRapidCommit(),
    d.DHCP6OptServerUnicast(srvaddr="2001:db8::1"),
)
add(
    "Reply that refuses",
    d.DHCP6_Reply,
    client,
    server,
    d.DHCP6OptIA_NA(iaid=5, T1=0, T2=0, ianaopts=[status(3, b"NoBinding")]),
    d.DHCP6OptIA_TA(iaid=6, iataopts=[status(4, "außerhalb".encode())]),
    status(5, b"UseMulticast"),
)
add("Reply with a status that is not known", d.DHCP6_Reply, client, server, status(65535, b"?"))
add(
    "Reply to an information-request",
    d.DHCP6_Reply,
    server,
    d.DHCP6OptDNSServers(dnsservers=["2001:db8::53"]),
    d.DHCP6OptDNSDomains(dnsdomains=["a.", "b.c.d.e.f.", "x" * 63 + ".example."]),
    d.DHCP6OptInfoRefreshTime(reftime=600),
    option(83, b"\x00\x00\x0e\x10"),
)
add(
    "Reply with refresh time without end",
    d.DHCP6_Reply,
    server,
    d.DHCP6OptInfoRefreshTime(reftime=0xFFFFFFFF),
    d.DHCP6OptVendorSpecificInfo(enterprisenum=311, vso=[d.VENDOR_SPECIFIC_OPTION(optcode=7, optdata=b"\x01" * 40)]),
    d.DHCP6OptVendorSpecificInfo(enterprisenum=9, vso=[]),
)
add(
    "Reply with a key",
    d.DHCP6_Reply,
    client,
    server,
    d.DHCP6OptAuth(
        proto=3, alg=1, rdm=0, replay=b"\x00\x01\x02\x03\x04\x05\x06\x07", authinfo=b"\x01" + bytes(range(16))
    ),
)
add(
    "Reply with options that are not known",
    d.DHCP6_Reply,
    client,
    server,
    option(143, b"\x00\x01\x02"),
    option(65535),
    d.DHCP6OptSNTPServers(sntpservers=["2001:db8::123"]),
    option(255, b"\xff" * 300),
)

# Reconfigure.
for number, kind in ((5, "Renew"), (6, "Rebind"), (11, "Information-request")):
    add(
        "Reconfigure for " + kind,
        d.DHCP6_Reconf,
        server,
        client,
        d.DHCP6OptReconfMsg(msgtype=number),
        d.DHCP6OptAuth(
            proto=3, alg=1, rdm=0, replay=struct.pack("!Q", 2**64 - number), authinfo=b"\x02" + b"\xaa" * 16
        ),
        transaction=0,
    )

# Relays.
inner = d.DHCP6_Solicit(trid=0x123456) / client / elapsed / d.DHCP6OptIA_NA(iaid=1, T1=0, T2=0)
forward = relay(
    "Relay-forward",
    d.DHCP6_RelayForward,
    0,
    "2001:db8:1::1",
    "fe80::a00:27ff:fefe:8f95",
    d.DHCP6OptIfaceId(ifaceid=b"eth0"),
    d.DHCP6OptRelayMsg(message=inner),
)
relay(
    "Relay-forward of a relay-forward",
    d.DHCP6_RelayForward,
    31,
    "::",
    "2001:db8:1::1",
    d.DHCP6OptRelayMsg(message=forward),
    d.DHCP6OptVendorSpecificInfo(enterprisenum=9, vso=[d.VENDOR_SPECIFIC_OPTION(optcode=1, optdata=b"x")]),
)
reply = (
    d.DHCP6_Reply(trid=0x123456)
    / client
    / server
    / d.DHCP6OptIA_NA(iaid=1, T1=1, T2=2, ianaopts=[address("2001:db8::9")])
)
answer = relay(
    "Relay-reply",
    d.DHCP6_RelayReply,
    0,
    "2001:db8:1::1",
    "fe80::a00:27ff:fefe:8f95",
    d.DHCP6OptIfaceId(ifaceid=b"\x00\xff\x80"),
    d.DHCP6OptRelayMsg(message=reply),
)
relay(
    "Relay-reply of a relay-reply",
    d.DHCP6_RelayReply,
    1,
    "::",
    "2001:db8:1::1",
    d.DHCP6OptRelayMsg(message=answer),
    d.DHCP6OptIfaceId(ifaceid=b""),
)

file.write()
