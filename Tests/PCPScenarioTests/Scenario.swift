import Machine
import PCP
import PCPWire
import Wire

/// A flow of the seed: what the server is like, and what happens.
struct Scenario: Sendable, CustomStringConvertible {
  /// The section of the seed, and what it is about.
  var title: String
  var situation: Situation
  var steps: [Step]

  init(_ title: String, _ situation: Situation = Situation(), _ steps: [Step]) {
    self.title = title
    self.situation = situation
    self.steps = steps
  }

  var description: String { title }

  var messages: [Message] { steps.compactMap(\.message) }

  /// Everyone who sends, or has mappings, by their own addresses.
  var hosts: Set<Host> {
    let hosts = steps.compactMap(\.sender) + situation.existing.map(\.host) + situation.implicit.map(\.host)
    return Set(hosts.map(\.itself))
  }
}

/// Who is inside, by the addresses that the figures have; over sockets they have others, on the loopback interface.
enum Host: String, Sendable, CaseIterable {
  case first, second, third
  /// The first behind a NAT that knows nothing of PCP: it does not know the address that it is seen with.
  case translated
  case ipv6

  var address: IPv6Address {
    switch self {
    case .first: literal("198.51.100.1")
    case .second: literal("198.51.100.2")
    case .third: literal("198.51.100.3")
    case .translated: literal("203.0.113.7")
    case .ipv6: literal("2001:db8:0:0:1::1")
    }
  }

  var loopback: IPv6Address {
    switch self {
    case .first: literal("127.51.100.1")
    case .second: literal("127.51.100.2")
    case .third: literal("127.51.100.3")
    case .translated: literal("127.51.100.77")
    case .ipv6: literal("::1")
    }
  }
}

extension Host {
  /// Whose address it takes for its own.
  var itself: Host { self == .translated ? .first : self }
}

/// The server when a flow begins.
struct Situation: Sendable {
  /// A mapping that is there.
  struct Existing: Sendable {
    var host: Host
    var nonce: UInt32 = 15685
    var internalPort: UInt16
    var externalPort: UInt16
    /// Of life left.
    var seconds: Int64
  }

  /// A TCP mapping that traffic has made.
  struct Implicit: Sendable {
    var host: Host
    var internalPort: UInt16
    var externalPort: UInt16
    var remote: PeerAddress
    var seconds: UInt32
  }

  var epochTime: UInt32 = 1250
  var existing: [Existing] = []
  var implicit: [Implicit] = []
  /// What the configuration is besides.
  var change: @Sendable (inout ServerConfiguration) -> Void = { _ in }

  /// A server as most flows have it: 192.0.2.1 outside, mappings for 20000 seconds at most, no announcements, and no word of
  /// NAT-PMP, which the seed does not have.
  var configuration: ServerConfiguration {
    var configuration = ServerConfiguration(externalAddresses: [outside])
    configuration.maximumLifetime = 20000
    configuration.announcementTargets = []
    configuration.announcementCount = 0
    configuration.speaksNATPMP = false
    configuration.looksUpImplicitMappings = !implicit.isEmpty
    change(&configuration)
    return configuration
  }
}

/// What happens next in a flow.
enum Step: Sendable {
  /// A program wants something, and our client sends this.
  case wants(ClientWish, by: Host = .first, sends: Message)
  /// A program wants something that our client does not send.
  case cannotWant(ClientWish)
  /// The program wants its mapping no more.
  case deletes(sends: Message)
  /// What our client would never send.
  case sends(Message, from: Host = .first)
  /// The server, to who has sent last.
  case answers(Message)
  /// What our client tells the program.
  case learns(Outcome)
  /// The device has another external address.
  case movesTo(IPv6Address)
  /// The server, unasked, so much later.
  case says(Message, after: Duration = .zero)
  /// The server has lost its mappings.
  case restarts
  /// Our client by itself, within five seconds.
  case repairs(Message)
  /// What the server has then.
  case has(mappings: Int, filters: [FilterOption] = [])

  var message: Message? {
    switch self {
    case .wants(_, _, let message), .deletes(let message), .sends(let message, _), .answers(let message), .says(let message, _),
      .repairs(let message):
      message
    case .cannotWant, .learns, .movesTo, .restarts, .has: nil
    }
  }

  var sender: Host? {
    switch self {
    case .wants(_, let host, _), .sends(_, let host): host
    case .cannotWant, .deletes, .answers, .learns, .movesTo, .says, .restarts, .repairs, .has: nil
    }
  }
}

/// What a program learns of its wish.
enum Outcome: Sendable, Hashable {
  case granted(IPv6Address, UInt16, seconds: UInt32)
  case refused(ResultCode, seconds: UInt32)
  case deleted
  case alive

  /// nil for an event that says nothing of a wish.
  init?(_ event: ClientGroup.Event) {
    guard case .server(_, let event) = event else { return nil }
    switch event {
    case .granted(_, let grant): self = .granted(grant.externalAddress, grant.externalPort, seconds: grant.lifetime)
    case .refused(_, let code, let lifetime, _): self = .refused(code, seconds: lifetime)
    case .deleted: self = .deleted
    case .alive: self = .alive
    case .announced, .expired, .unanswered, .serverLostState, .unsendable, .unreachable, .speaks: return nil
    }
  }

  /// The same without a lifetime.
  var kind: Outcome {
    switch self {
    case .granted(let address, let port, _): .granted(address, port, seconds: 0)
    case .refused(let code, _): .refused(code, seconds: 0)
    case .deleted, .alive: self
    }
  }

  var seconds: UInt32 {
    switch self {
    case .granted(_, _, let seconds), .refused(_, let seconds): seconds
    case .deleted, .alive: 0
    }
  }
}

/// An address that the tests are written with; a mistake in one ends them.
func literal(_ text: String) -> IPv6Address {
  guard let address = IPv6Address(plain: text) else { preconditionFailure("'\(text)' is no address") }
  return address
}

/// The external address of most figures.
let outside = literal("192.0.2.1")
