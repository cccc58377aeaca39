extension FieldMap {
  /// STUN (RFC 8489).
  static let stun: FieldMap = {
    var map = FieldMap()
    map.fields = [
      "reserved,methodHigh,isAnswer,methodMiddle,isNegative,methodLow": ["stun.type"],
      "length": ["stun.length"], "cookie": ["stun.cookie"], "transaction": ["stun.id"],
      "attributes[].type": ["stun.att.type"], "attributes[].length": ["stun.att.length"],
      "attributes[].padding": ["stun.att.padding"], "attributes[].unknown": ["stun.value"],
      "algorithm[].algorithm": ["stun.att.pw_alg"], "algorithm[].length": ["stun.att.pw_alg_len"],
      "algorithms[].algorithm": ["stun.att.pw_alg"], "algorithms[].length": ["stun.att.pw_alg_len"],
      "username.name": ["stun.att.username"], "realm.realm": ["stun.att.realm"], "nonce.nonce": ["stun.att.nonce"],
      "software.description": ["stun.att.software"], "messageIntegrity.hmac": ["stun.att.hmac"],
      "messageIntegritySHA256.hmac": ["stun.value"], "userhash.value": ["stun.value"],
      "alternateDomain.domain": ["stun.value"], "unknownAttributes.types[]": ["stun.att.unknown"],
      "errorCode.class": ["stun.att.error.class"], "errorCode.number": ["stun.att.error"],
      "errorCode.reason": ["stun.att.error.reason"], "priority.priority": ["stun.att.priority"],
      "iceControlled.tieBreaker": ["stun.att.tie-breaker"], "iceControlling.tieBreaker": ["stun.att.tie-breaker"],
      "fingerprint.crc": ["stun.att.crc32"],
    ]
    let address = ["reserved": "stun.att.reserved", "family": "stun.att.family"]
    map.add(["mappedAddress", "alternateServer", "xorMappedAddress"], address)
    map.add(
      ["mappedAddress", "alternateServer"],
      ["port": "stun.att.port", "address.ipv4.address": "stun.att.ipv4", "address.ipv6.address": "stun.att.ipv6"])
    map.add(
      ["xorMappedAddress"],
      [
        "port": "stun.att.port-xord", "address.ipv4.address": "stun.att.ipv4-xord",
        "address.ipv6.address": "stun.att.ipv6-xord",
      ])
    map.lacking = [
      "errorCode.reserved": "tshark shows 16 of the 21 bits",
      "attributes[].type": "the type of an attribute that it does not know is in a warning only",
      "attributes[].unknown": "or the fields of an attribute that we do not know",
      "algorithm[].unknown": algorithms, "algorithm[].padding": algorithms, "algorithms[].algorithm": algorithms,
      "algorithms[].length": algorithms, "algorithms[].unknown": algorithms, "algorithms[].padding": algorithms,
    ]
    map.derived = [
      "stun.type.class": "stun.type", "stun.type.method": "stun.type", "stun.type.method-assignment": "stun.type",
      "stun.att.type.comprehension": "stun.att.type", "stun.att.type.assignment": "stun.att.type",
      "stun.att.port": "stun.att.port-xord", "stun.att.ipv4": "stun.att.ipv4-xord", "stun.att.ipv6": "stun.att.ipv6-xord",
      "stun.att.reserved": "the first 16 bits of 21",
    ]
    map.malformed = ["PASSWORD-ALGORITHM with parameters": algorithms, "Algorithms with parameters": algorithms]
    return map
  }()

  private static let algorithms = "tshark 4.0 takes what is left for too short whenever an algorithm has parameters"

  /// DHCPv6 (RFC 8415).
  static let dhcpv6: FieldMap = {
    var map = FieldMap()
    map.fields = [
      "type": ["dhcpv6.msgtype"], "transaction": ["dhcpv6.xid"], "hopCount": ["dhcpv6.hopcount"],
      "linkAddress": ["dhcpv6.linkaddr"], "peerAddress": ["dhcpv6.peeraddr"],
      "options[].code": ["dhcpv6.option.type"], "options[].length": ["dhcpv6.option.length"],
      "iaTA.iaid": ["dhcpv6.iata"], "iaAddress.address": ["dhcpv6.iaaddr.ip"],
      "iaAddress.preferredLifetime": ["dhcpv6.iaaddr.pref_lifetime"],
      "iaAddress.validLifetime": ["dhcpv6.iaaddr.valid_lifetime"],
      "iaPrefix.preferredLifetime": ["dhcpv6.iaprefix.pref_lifetime"],
      "iaPrefix.validLifetime": ["dhcpv6.iaprefix.valid_lifetime"],
      "iaPrefix.prefixLength": ["dhcpv6.iaprefix.pref_len"], "iaPrefix.prefix": ["dhcpv6.iaprefix.pref_addr"],
      "optionRequest.codes[]": ["dhcpv6.requested_option_code"], "preference.value": ["dhcpv6.option_preference"],
      "elapsedTime.elapsed": ["dhcpv6.elapsed_time"], "authentication.protocol": ["dhcpv6.auth.protocol"],
      "authentication.algorithm": ["dhcpv6.auth.algorithm"], "authentication.replayMethod": ["dhcpv6.auth.rdm"],
      "authentication.replay": ["dhcpv6.auth.replay_detection"], "authentication.information": ["dhcpv6.auth.info"],
      "serverUnicast.address": ["dhcpv6.unicast"], "statusCode.status": ["dhcpv6.status_code"],
      "statusCode.text": ["dhcpv6.status_msg"], "userClass.classes[].data": ["dhcpv6.userclass.opaque_data"],
      "vendorClass.enterprise": ["dhcpv6.vendorclass.enterprise"],
      "vendorClass.classes[].data": ["dhcpv6.vendorclass.data"],
      "vendorOptions.enterprise": ["dhcpv6.vendoropts.enterprise"],
      "vendorOptions.options[].code": ["dhcpv6.vendoropts.enterprise.option_code", "dhcpv6.cablelabs.opt"],
      "vendorOptions.options[].data": ["dhcpv6.vendoropts.enterprise.option_data"],
      "interfaceID.id": ["dhcpv6.interface_id"], "reconfigureMessage.type": ["dhcpv6.reconf_msg"],
      "dnsServers.servers[]": ["dhcpv6.dns_server"],
      "domainList.names[]": ["dhcpv6.search_list_entry", "dhcpv6.tld"],
      "informationRefreshTime.time": ["dhcpv6.lifetime"],
    ]
    map.add(["iaNA", "iaPD"], ["iaid": "dhcpv6.iaid", "t1": "dhcpv6.iaid.t1", "t2": "dhcpv6.iaid.t2"])
    let identity = [
      "type": "dhcpv6.duid.type", "identity.linkLayerTime.hardwareType": "dhcpv6.duidllt.hwtype",
      "identity.linkLayerTime.time": "dhcpv6.duidllt.time",
      "identity.linkLayerTime.address": "dhcpv6.duidllt.link_layer_addr",
      "identity.enterprise.enterprise": "dhcpv6.duiden.enterprise",
      "identity.enterprise.identifier": "dhcpv6.duiden.identifier",
      "identity.linkLayer.hardwareType": "dhcpv6.duidll.hwtype",
      "identity.linkLayer.address": "dhcpv6.duidll.link_layer_addr", "identity.uuid.uuid": "dhcpv6.duiduuid.bytes",
    ]
    map.add(["clientID", "serverID"], identity)
    let duid = "of a DUID of another kind tshark shows the octets as a whole"
    map.lacking = [
      "options[].unknown": "or the fields of an option that we do not know",
      "clientID.identity.opaque.octets": duid, "serverID.identity.opaque.octets": duid,
      "vendorClass.classes[].data": "tshark shows the first one, with all that follow taken for a part of it",
      "vendorOptions.options[].data": "tshark shows no data of CableLabs' options that it does not know",
      "solicitMaximum.time": "tshark 4.0 has no field for it", "informationMaximum.time": "tshark 4.0 has no field for it",
    ]
    map.derived = ["dhcpv6.duid.bytes": "the fields of the DUID"]
    map.factors = ["elapsedTime.elapsed": 10]
    map.messages = ["relayMessage.message"]
    map.domainNames = ["domainList.names[]"]
    map.prefixes = [
      "userClass.classes[].data": (2, "dhcpv6.userclass.length"), "vendorClass.classes[].data": (2, nil),
      "vendorOptions.options[].data": (2, nil),
    ]
    map.malformed = ["Relay-reply of a relay-reply": "tshark takes an interface identifier for malformed when it is empty"]
    return map
  }()

  /// RADIUS (RFC 2865).
  static let radius: FieldMap = {
    var map = FieldMap()
    map.fields = [
      "code": ["radius.code"], "identifier": ["radius.id"], "length": ["radius.length"],
      "authenticator": ["radius.authenticator"],
      "attributes[].type": ["radius.avp.type", "radius.avp.vendor_type"],
      "attributes[].length": ["radius.avp.length", "radius.avp.vendor_len"],
      "attributes[].unknown": ["radius.Unknown_Attribute"],
      "userPassword.value": ["radius.User_Password_encrypted"], "chapPassword.identifier": ["radius.CHAP_Ident"],
      "chapPassword.response": ["radius.CHAP_String"], "eapMessage.value": ["radius.eap_fragment"],
      "vendorSpecific.vendor": ["radius.avp.vendor_id"], "chapResponse": ["radius.MS_CHAP_Response"],
      "mppeSendKey": ["radius.MS_MPPE_Send_Key"], "mppeReceiveKey": ["radius.MS_MPPE_Recv_Key"],
    ]
    map.ofElement = { label in ["radius." + label.map { $0 == "-" ? "_" : String($0) }.joined(), "radius.\(label)"] }
    map.lacking = [
      "attributes[].unknown": "or the fields of an attribute that we do not know",
      "vendorSpecific.value.opaque.octets": "tshark takes them for attributes, whosever they are",
    ]
    for element in ["chapResponse", "mppeSendKey", "mppeReceiveKey"] {
      for member in ["identifier", "flags", "lanManager", "windowsNT", "salt", "key"] {
        map.lacking["\(element).\(member)"] = "tshark shows the value as a whole"
      }
    }
    map.malformed = ["Vendor whose value is not attributes": "tshark takes every vendor's value for attributes"]
    return map
  }()

  /// Diameter (RFC 6733).
  static let diameter: FieldMap = {
    var map = FieldMap()
    map.fields = [
      "version": ["diameter.version"], "length": ["diameter.length"], "isRequest": ["diameter.flags.request"],
      "isProxiable": ["diameter.flags.proxyable"], "isError": ["diameter.flags.error"],
      "isRetransmitted": ["diameter.flags.T"], "command": ["diameter.cmd.code"], "application": ["diameter.applicationId"],
      "hopByHop": ["diameter.hopbyhopid"], "endToEnd": ["diameter.endtoendid"],
      "avps[].code": ["diameter.avp.code"], "avps[].isVendorSpecific": ["diameter.flags.vendorspecific"],
      "avps[].isMandatory": ["diameter.flags.mandatory"], "avps[].isProtected": ["diameter.avp.flags.protected"],
      "avps[].length": ["diameter.avp.len"], "avps[].vendor": ["diameter.avp.vendorId"],
      "avps[].padding": ["diameter.avp.pad"], "avps[].unknown": ["diameter.avp.unknown"],
      "hostIPAddress.family": ["diameter.Host-IP-Address.addr_family"],
      "hostIPAddress.address.ipv4.address": ["diameter.Host-IP-Address.IPv4"],
      "hostIPAddress.address.ipv6.address": ["diameter.Host-IP-Address.IPv6"],
      "hostIPAddress.address.e164.number": ["diameter.Host-IP-Address.E164"],
      "acctMultiSessionID.text": ["diameter.Accounting-Multi-Session-Id"],
    ]
    map.ofElement = { ["diameter.\($0)"] }
    map.lacking = [
      "reserved": "tshark shows each bit", "avps[].reserved": "tshark shows each bit",
      "avps[].unknown": "or the fields of an AVP that we do not know, or have in Failed-AVP",
    ]
    map.derived = ["diameter.vendorId": "diameter.Vendor-Id"]
    return map
  }()
}
