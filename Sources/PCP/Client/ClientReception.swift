import Machine
public import PCPWire
public import Wire

/// What octets from a server are: the order of RFC 6887 section 8.3, up to where the state comes in.
public enum ClientReception: Sendable, Hashable {
  case response(PCPResponse)
  /// NAT-PMP, whatever version was asked in (RFC 6886).
  case natPMP(NATPMPResponse)
  /// The server speaks another version only, and says for how many seconds that will be so.
  case otherVersion(version: UInt8, lifetime: UInt32)
  /// Nothing that a server may send.
  case nothing

  /// - Parameter extensions: whose options are checked like those of the protocol.
  public init(_ octets: [UInt8], extensions: ExtensionRegistry = ExtensionRegistry()) {
    self = .nothing
    guard octets.count >= 4, let start = try? PacketStart(decodingPrefix: octets) else { return }
    // A NAT-PMP server that is asked in another version answers without the bit that marks responses, or with it and the opcode
    // it was asked with, and more briefly than a header is long: the version is looked at before anything else.
    if start.version == NATPMPFacts.version {
      if let header = try? NATPMPResponseHeader(decodingPrefix: octets), header.resultCode == .unsupportedVersion {
        self = .natPMP(.unsupportedVersion(UnsupportedVersionResponse(epochTime: header.epochTime)))
      } else if let response = try? NATPMPResponse(decoding: octets) {
        self = .natPMP(response)
      }
    } else if start.version == MessageFacts.version {
      if let response = try? PCPResponse(decoding: octets, extensions: extensions) { self = .response(response) }
    } else if start.isResponse, ResultCode(rawValue: octets[3]) == .unsuppVersion {
      // The codec knows version 2 only; versions before and after it have the result and its lifetime at the same place, without
      // which they could not say what is meant here (RFC 6887 section 9).
      let lifetime = octets.count < 8 ? 0 : octets[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
      self = .otherVersion(version: start.version, lifetime: lifetime)
    }
  }
}

/// What machines must know about NAT-PMP, out of the generated codec.
enum NATPMPFacts {
  /// The version of the protocol (RFC 6886 section 3).
  static let version: UInt8 = (try? ExternalAddressRequest().encoded())?.first ?? 0
}
