import Machine
import PCP
import PCPWire
import Transport
import Wire
import WireText

/// Prints what passes between client and server.
struct Transcript: Sendable {
  /// Only the octets, one message a line.
  let isBare: Bool

  func introduce(server: PeerAddress, client: PeerAddress) {
    if isBare { return }
    print("PCP (RFC 6887) over UDP: server \(server), client \(client), table in memory")
  }

  func title(_ text: String) {
    if isBare { return }
    print("\n== \(text)")
  }

  func conclude() {
    if !isBare { print("All answered as they should be.") }
  }

  /// A datagram that passed the client's socket.
  func show(_ passage: UDPDriver<ClientEndpoint>.Passage) {
    switch passage {
    case .sent(let datagram): show(datagram.octets, "request", "client -> server")
    case .received(let octets, _): show(octets, "response", "server -> client")
    case .unsent(let datagram, let reason): print("not sent to \(datagram.destination): \(reason)")
    }
  }

  private func show(_ octets: [UInt8], _ direction: String, _ way: String) {
    if isBare {
      print(direction, octets.map(hexadecimal).joined())
      return
    }
    let interpreter = WireTextProtocol.of(RequestHeader.definition).interpreter
    guard let number = interpreter.direction(named: direction) else { return }
    print("\n-- \(way)")
    print(interpreter.annotation(direction: number, octets), terminator: "")
    if let decoded = try? interpreter.decode(direction: number, octets) {
      print("\n\(decoded.tree.dump())", terminator: "")
    }
  }

  private func hexadecimal(_ octet: UInt8) -> String {
    (octet < 16 ? "0" : "") + String(octet, radix: 16)
  }
}
