import Machine
public import PCPWire
import Wire

/// What to do with octets of version 0 that have come in (RFC 6886 section 3.5).
public enum NATPMPReception: Sendable, Hashable {
  /// No answer.
  case drop(ServerReception.DropReason)
  /// The request comes back with the code for an operation that there is not.
  case refuse(NATPMPOperation)
  case accept(NATPMPRequest)

  /// Whether octets are of this protocol, which is in IPv4 only; others are for PCP to answer.
  static func concerns(_ octets: [UInt8], from peer: PeerAddress) -> Bool {
    octets.first == NATPMPFacts.version && peer.address.mapped != nil
  }

  /// Examines octets of version 0.
  ///
  /// - Parameter isOverloaded: whether no request can be worked on now.
  public init(_ octets: [UInt8], isOverloaded: Bool = false) {
    guard let start = try? PacketStart(decodingPrefix: octets) else {
      self = .drop(.short)
      return
    }
    let operation = NATPMPOperation(rawValue: start.opcode.rawValue)
    if start.isResponse {
      self = .drop(.response)
    } else if operation.known == nil {
      self = .refuse(operation)
    } else if let request = try? NATPMPRequest(decoding: octets) {
      self = isOverloaded ? .drop(.overload) : .accept(request)
    } else {
      self = .drop(.malformed)
    }
  }
}
