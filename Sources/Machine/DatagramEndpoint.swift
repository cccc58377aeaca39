public import Wire

/// Octets to be sent in one piece.
public struct Datagram: Sendable, Hashable {
  public var octets: [UInt8]
  public var destination: PeerAddress
  /// The address to send it from; nil leaves the choice to the system.
  public var source: IPv6Address?

  public init(_ octets: [UInt8], to destination: PeerAddress, from source: IPv6Address? = nil) {
    self.octets = octets
    self.destination = destination
    self.source = source
  }
}

/// What an endpoint wants done.
public enum EndpointEffect<Event: Sendable & Hashable>: Sendable, Hashable {
  case transmit(Datagram)
  /// For the program that the endpoint is part of.
  case report(Event)
}

/// One end of a protocol over datagrams: a state machine with its codec, octets in and octets out.
///
/// A driver owns it: takes the time once for each call, sends what is to be sent, and calls `expire` when `nextDeadline`
/// has come. Calling `expire` too early or too often does nothing.
public protocol DatagramEndpoint: Sendable {
  /// What the program asks of the endpoint.
  associatedtype Command: Sendable
  /// What the program is told.
  associatedtype Event: Sendable & Hashable

  /// Octets have come in.
  ///
  /// - Parameter local: the address they were sent to, where that is known.
  mutating func receive(
    _ octets: [UInt8], from peer: PeerAddress, to local: IPv6Address?, at now: Instant
  ) -> [EndpointEffect<Event>]

  /// The host of a peer says that nothing listens there, as hosts do by ICMP.
  mutating func unreachable(_ peer: PeerAddress, at now: Instant) -> [EndpointEffect<Event>]

  /// The program asks for something.
  mutating func perform(_ command: Command, at now: Instant) -> [EndpointEffect<Event>]

  /// Does what is due.
  mutating func expire(at now: Instant) -> [EndpointEffect<Event>]

  /// When something will be due; nil when nothing will.
  var nextDeadline: Instant? { get }
}

extension DatagramEndpoint {
  /// Most endpoints wait for an answer that may still come.
  public mutating func unreachable(_ peer: PeerAddress, at now: Instant) -> [EndpointEffect<Event>] { [] }
}
