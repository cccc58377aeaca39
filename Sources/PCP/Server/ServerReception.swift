public import Machine
public import PCPWire
import Wire

/// What to do with octets that have come in: the order of RFC 6887 section 8.2, up to where the state comes in.
public enum ServerReception: Sendable, Hashable {
  /// No answer.
  case drop(DropReason)
  /// An error response with this code; and whether the request could be parsed (`Refusal.isParsed`).
  case refuse(ResultCode, isParsed: Bool = false)
  case accept(PCPRequest)

  /// Why octets get no answer.
  public enum DropReason: String, Sendable, Hashable, CaseIterable {
    /// From whom the server does not serve.
    case notServed
    /// Sent to an address where no requests are taken.
    case wrongInterface
    /// From who has sent too many requests.
    case rateLimit
    /// Fewer octets than version and opcode take, or than a header of the version spoken here takes.
    case short
    /// Of NAT-PMP, which has no code for it: another number of octets than the operation takes.
    case malformed
    /// A response, which a server must not answer.
    case response
    /// More requests than the server can work on.
    case overload
  }

  /// Why octets are not even looked at; nil when they are.
  public static func dropReason(
    from peer: PeerAddress, to local: IPv6Address?, served: [AddressPrefix], serving: [IPv6Address]
  ) -> DropReason? {
    if let local, !serving.isEmpty && !serving.contains(local) { return .wrongInterface }
    if !served.isEmpty && !served.contains(where: { $0.contains(peer.address) }) { return .notServed }
    return nil
  }

  /// Examines octets from a peer.
  ///
  /// - Parameters:
  ///   - served: who is served; empty for everyone.
  ///   - isOverloaded: whether no request can be worked on now.
  ///   - extensions: whose options are checked like those of the protocol.
  public init(
    _ octets: [UInt8], from peer: PeerAddress, served: [AddressPrefix] = [], isOverloaded: Bool = false,
    extensions: ExtensionRegistry = ExtensionRegistry()
  ) {
    if let reason = Self.dropReason(from: peer, to: nil, served: served, serving: []) {
      self = .drop(reason)
      return
    }
    guard let start = try? PacketStart(decodingPrefix: octets) else {
      self = .drop(.short)
      return
    }
    if start.isResponse {
      self = .drop(.response)
    } else if start.version != MessageFacts.version {
      self = .refuse(.unsuppVersion)
    } else if let header = try? RequestHeader(decodingPrefix: octets) {
      if isOverloaded {
        self = .drop(.overload)
        return
      }
      self.init(octets, header, from: peer, extensions)
    } else {
      self = .drop(.short)
    }
  }

  /// Examines octets whose header is whole.
  private init(_ octets: [UInt8], _ header: RequestHeader, from peer: PeerAddress, _ extensions: ExtensionRegistry) {
    guard octets.count <= MessageFacts.maximumSize, octets.count % MessageFacts.sizeMultiple == 0 else {
      self = .refuse(.malformedRequest)
      return
    }
    let decoded = Result { () throws(WireError) in try PCPRequest(decoding: octets, extensions: extensions) }
    if case .failure(let error) = decoded, error.isTooShortForOpcode {
      self = .refuse(.malformedRequest)
    } else if header.clientAddress != peer.address {
      // Of all the errors here the one that a whole request can have.
      self = .refuse(.addressMismatch, isParsed: (try? decoded.get()) != nil)
    } else {
      switch decoded {
      case .success(let request): self = .accept(request)
      case .failure(let error): self = .refuse(error.resultCode)
      }
    }
  }
}

extension WireError {
  /// The result code the schema gives the error.
  var resultCode: ResultCode {
    guard let value = code.value, let number = UInt8(exactly: value) else { return .malformedRequest }
    return ResultCode(rawValue: number)
  }

  /// Whether the octets end before the opcode's data do: a list of options that is cut off has another code.
  fileprivate var isTooShortForOpcode: Bool { kind == .truncated && resultCode == .malformedRequest }
}
