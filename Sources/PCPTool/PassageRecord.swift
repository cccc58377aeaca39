import Machine
import PCPWire
import Synchronization
import Transport
import Wire
import WireText

/// Keeps the last response of a server as JSON, and prints what passes where the person wants to see it.
final class PassageRecord: Sendable {
  private let options: ClientOptions
  /// nil where any server's responses count.
  private let server: PeerAddress?
  private let response = Mutex<String?>(nil)

  init(_ options: ClientOptions, _ server: PeerAddress?) {
    self.options = options
    self.server = server
  }

  var lastResponse: String? { response.withLock { $0 } }

  func note<Endpoint: DatagramEndpoint>(_ passage: UDPDriver<Endpoint>.Passage) {
    switch passage {
    case .sent(let datagram): show(datagram.octets, "request", "to \(datagram.destination)")
    case .received(let octets, let peer):
      // Anyone can send to the port; what is no response of this server is nobody's answer.
      if options.json, server.map({ $0.address == peer.address && $0.port == peer.port }) ?? true, let text = Self.json(octets) {
        response.withLock { $0 = text }
      }
      show(octets, "response", "from \(peer)")
    case .unsent(let datagram, let reason): complain("cannot send to \(datagram.destination): \(reason)")
    }
  }

  /// A response of either protocol; nil for anything else.
  private static func json(_ octets: [UInt8]) -> String? {
    if let response = try? PCPResponse(decoding: octets) { return try? response.json().text(isPretty: true) }
    if let response = try? NATPMPResponse(decoding: octets) { return try? response.json().text(isPretty: true) }
    return nil
  }

  private func show(_ octets: [UInt8], _ direction: String, _ way: String) {
    guard options.annotate else { return }
    // The version is what tells the protocols apart (RFC 6887 Appendix A).
    let definition = octets.first == 0 ? ExternalAddressRequest.definition : RequestHeader.definition
    let interpreter = WireTextProtocol.of(definition).interpreter
    guard let number = interpreter.direction(named: direction) else { return }
    let text = "\(way):\n\(interpreter.annotation(direction: number, octets))"
    // With `--json` standard output is for programs.
    if options.json { complain(text) } else { print(text) }
  }
}
