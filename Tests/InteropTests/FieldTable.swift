/// Which of tshark's fields says what a member of ours says.
///
/// Paths are those of errors and JSON without the places in lists and arrays; parts without a name of their own are called
/// `reserved`, `padding`, and for a group of bits by its fields. What the table does not name must be in `lacking`.
enum FieldTable {
  /// Tshark's field for a member; several where equal names in one message are told apart by their places.
  static func fields(_ message: String, _ path: String) -> [String] {
    if reasonLacking(message, path) != nil { return [] }
    if let name = messages[message]?[path] ?? ports[message]?[path] ?? options[path] { return [name] }
    return headers[path] ?? []
  }

  /// Why tshark has no field to compare a member with.
  static func reasonLacking(_ message: String, _ path: String) -> String? {
    lacking[path] ?? lacking["\(message).\(path)"]
  }

  /// Parts that several messages have, of both protocols.
  private static let headers: [String: [String]] = [
    "version": ["portcontrol.version", "nat-pmp.version"],
    "isResponse": ["portcontrol.r"],
    "opcode": ["portcontrol.opcode"],
    // NAT-PMP's dissector takes the bit that marks answers for a part of the opcode.
    "isResponse,operation": ["nat-pmp.opcode"],
    "reserved": [
      "portcontrol.reserved", "portcontrol.rsp_reserved", "portcontrol.map.reserved", "portcontrol.peer.reserved",
      "nat-pmp.reserved",
    ],
    "mapping.reserved": ["portcontrol.map.reserved"],
    "peer.reserved": ["portcontrol.peer.reserved"],
    "requestedLifetime": ["portcontrol.lifetime_req", "nat-pmp.pml"],
    "clientAddress": ["portcontrol.client_ip"],
    "resultCode": ["portcontrol.result_code", "nat-pmp.result_code"],
    "lifetime": ["portcontrol.lifetime_rsp", "nat-pmp.pml"],
    "epochTime": ["portcontrol.epoch_time", "nat-pmp.sssoe"],
    "clientAddressTail": ["portcontrol.rsp_reserved"],
    "externalAddress": ["nat-pmp.external_ip"],
    // The same words for MAP and PEER of PCP are found by message, below.
    "internalPort": ["nat-pmp.internal_port"],
    "suggestedExternalPort": ["nat-pmp.external_port"],
    "mappedExternalPort": ["nat-pmp.external_port"],
  ]

  private static let messages: [String: [String: String]] = [
    "MapRequest": mapRequest, "MapResponse": mapResponse, "PeerRequest": peerRequest,
    "PeerResponse": peerResponse, "MapErrorResponse": mapError, "PeerErrorResponse": peerError,
  ]

  private static let mapRequest = [
    "nonce": "portcontrol.map.nonce",
    "protocol": "portcontrol.map.protocol",
    "internalPort": "portcontrol.map.internal_port",
    "suggestedExternalPort": "portcontrol.map.req_sug_external_port",
    "suggestedExternalAddress": "portcontrol.map.req_sug_external_ip",
  ]

  private static let mapResponse = [
    "nonce": "portcontrol.map.nonce",
    "protocol": "portcontrol.map.protocol",
    "internalPort": "portcontrol.map.internal_port",
    "assignedExternalPort": "portcontrol.map.rsp_assigned_external_port",
    "assignedExternalAddress": "portcontrol.map.rsp_assigned_ext_ip",
  ]

  /// Tshark does not tell errors from successes: what was suggested stands where success has what was assigned.
  private static let mapError = [
    "mapping.nonce": "portcontrol.map.nonce",
    "mapping.protocol": "portcontrol.map.protocol",
    "mapping.internalPort": "portcontrol.map.internal_port",
    "mapping.suggestedExternalPort": "portcontrol.map.rsp_assigned_external_port",
    "mapping.suggestedExternalAddress": "portcontrol.map.rsp_assigned_ext_ip",
  ]

  private static let peerRequest = [
    "nonce": "portcontrol.peer.nonce",
    "protocol": "portcontrol.peer.protocol",
    "internalPort": "portcontrol.peer.internal_port",
    "suggestedExternalPort": "portcontrol.peer.req_sug_external_port",
    "suggestedExternalAddress": "portcontrol.peer.req_sug_external_ip",
    "remotePeerPort": "portcontrol.peer.remote_peer_port",
    "remotePeerAddress": "portcontrol.peer.remote_peer_ip",
  ]

  private static let peerResponse = [
    "nonce": "portcontrol.peer.nonce",
    "protocol": "portcontrol.peer.protocol",
    "internalPort": "portcontrol.peer.internal_port",
    "assignedExternalPort": "portcontrol.peer.rsp_assigned_external_port",
    "assignedExternalAddress": "portcontrol.peer.rsp_assigned_ext_ip",
    "remotePeerPort": "portcontrol.peer.remote_peer_port",
    "remotePeerAddress": "portcontrol.peer.remote_peer_ip",
  ]

  private static let peerError = [
    "peer.nonce": "portcontrol.peer.nonce",
    "peer.protocol": "portcontrol.peer.protocol",
    "peer.internalPort": "portcontrol.peer.internal_port",
    "peer.suggestedExternalPort": "portcontrol.peer.rsp_assigned_external_port",
    "peer.suggestedExternalAddress": "portcontrol.peer.rsp_assigned_ext_ip",
    "peer.remotePeerPort": "portcontrol.peer.remote_peer_port",
    "peer.remotePeerAddress": "portcontrol.peer.remote_peer_ip",
  ]

  private static let options = [
    "options[].code": "portcontrol.option.code",
    "options[].reserved": "portcontrol.option.reserved",
    "options[].length": "portcontrol.option.length",
    "options[].padding": "portcontrol.option.padding",
    "options[].thirdParty.address": "portcontrol.option.third_party.internal_ip",
    "options[].filter.reserved": "portcontrol.option.filter.reserved",
    "options[].filter.prefixLength": "portcontrol.option.filter.prefix_length",
    "options[].filter.remotePeerPort": "portcontrol.option.filter.remote_peer_port",
    "options[].filter.remotePeerAddress": "portcontrol.option.filter.remote_peer_ip",
    "options[].description.text": "portcontrol.option.description",
    "options[].prefix64.prefixLength": "portcontrol.option.p64.length",
    "options[].prefix64.prefix": "portcontrol.option.p64.prefix64",
    "options[].prefix64.suffix": "portcontrol.option.p64.suffix",
    "options[].prefix64.ipv4Prefixes.prefixCount": "portcontrol.option.p64.ipv4_prefix_count",
    "options[].prefix64.ipv4Prefixes.prefixes[].length": "portcontrol.option.p64.ipv4_prefix_length",
    "options[].prefix64.ipv4Prefixes.prefixes[].address": "portcontrol.option.p64.ipv4_address",
    "options[].portSet.size": "portcontrol.option.portset.size",
    "options[].portSet.reserved": "portcontrol.option.portset.reserved",
    "options[].portSet.parity": "portcontrol.option.portset.parity",
  ]

  /// Tshark's names come from a draft: it is the first internal port, in requests and answers (RFC 7753 section 4.1).
  private static let ports: [String: [String: String]] = [
    "MapRequest": [
      "options[].portSet.firstInternalPort": "portcontrol.option.portset.req_sug_first_external_port"
    ],
    "MapResponse": [
      "options[].portSet.firstInternalPort": "portcontrol.option.portset.rsp_assigned_first_external_port"
    ],
  ]

  private static let unsupportedVersion = "opcode 0 without the bit of answers is a request to tshark"

  private static let lacking = [
    "options[].thirdPartyID.value": "tshark 4.0 does not know option 13",
    "options[].unknown": "the value of an option that the message does not allow has no field, or, where the opcode alone "
      + "forbids the option, the fields of an option that we do not take apart",
    "copied": "what an error answer copies is taken for the opcode's data and options, whatever it is",
    "trailing": "octets left over have no field",
    "options[].trailing": "octets left over in an option have no field",
    "UnsupportedVersionResponse.resultCode": unsupportedVersion,
    "UnsupportedVersionResponse.epochTime": unsupportedVersion,
  ]
}

/// What is known to be wrong with tshark's reading of a vector, by the vector's name.
struct TsharkFault: Sendable {
  var reason: String
  /// From this octet on its fields are wrong.
  var trustedSize = Int.max

  /// What it calls malformed although it is valid, and what it calls malformed for another reason than ours.
  static let malformed: [String: TsharkFault] = {
    var faults: [String: TsharkFault] = [:]
    for name in endsEarly { faults[name] = TsharkFault(reason: "the answer ends before its opcode's data would") }
    for name in copiesCut { faults[name] = TsharkFault(reason: "the options it copies are cut") }
    for name in version1 {
      faults[name] = TsharkFault(reason: "version 1 has no nonce, and its options start earlier", trustedSize: 24)
    }
    for (name, size) in misreadPadding {
      faults[name] = TsharkFault(
        reason: "after an option with padding, the next one whose length is a multiple of 4 is given as much",
        trustedSize: size)
    }
    return faults
  }()

  /// What it shows less of than its octets hold, without calling it malformed. All of them must be refused.
  static let incomplete: [String: TsharkFault] = [
    "Version 3": TsharkFault(reason: "it knows no such version"),
    "R set in a request": TsharkFault(reason: "it goes by the bit, we by who sent it"),
    "R clear in an answer": TsharkFault(reason: "it goes by the bit, we by who sent it"),
    "PREFIX64 of 13 octets": TsharkFault(reason: "it shows no prefix that is too long"),
    "PREFIX64 of 16 octets": TsharkFault(reason: "it shows no prefix that is too long"),
    "PREFIX64 with a suffix too short": TsharkFault(reason: "it shows no prefix that is too long"),
  ]

  /// Error answers with the header alone, or with less than a whole request.
  private static let endsEarly =
    [18, 22, 29, 31, 33, 40, 46, 48, 61, 63, 70].map { "Figure \($0)" } + [
      "Figure 70 with the request copied", "MAP error with too little for a mapping",
      "MAP error for a request of 26 octets with padding", "PEER error with too little for a peer",
    ]

  private static let copiesCut = [
    "MALFORMED_OPTION with an option beyond the end copied", "MAP error cut to 1100 octets",
  ]

  private static let version1 = ["Version 1"]

  /// With the octet where the padding is read that is none, when it is not past the end.
  private static let misreadPadding: [String: Int] = [
    "Options in an unusual order": 96,
    "Options of the answer in an unusual order": 92,
    "Unknown optional options between known ones": 88,
    "Unknown optional option in an answer": .max,
    "Unknown mandatory option in an answer between others": .max,
    "PORT_SET with PREFER_FAILURE": .max,
    "DESCRIPTION three times": 92,
  ]
}
