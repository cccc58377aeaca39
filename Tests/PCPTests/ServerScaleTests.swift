import Foundation
import Machine
import PCPWire
import Synchronization
import Testing
import Wire

@testable import PCP

/// How the cost of one thing grows with the number of mappings: counted in operations, not in time.
@Suite struct ServerScaleTests {
  /// A key that counts how often a table looks for it.
  private struct CountedKey: Hashable, Sendable {
    static let lookups = Mutex(0)
    var number: Int

    func hash(into hasher: inout Hasher) {
      Self.lookups.withLock { $0 += 1 }
      hasher.combine(number)
    }
  }

  @Test("Setting a deadline and taking the next one out cost the logarithm of their number")
  func timers() {
    var timers = TimerTable<CountedKey>()
    var most = 0
    func count(_ operation: () -> Void) -> Int {
      let before = CountedKey.lookups.withLock { $0 }
      operation()
      return CountedKey.lookups.withLock { $0 } - before
    }
    let size = 1 << 14
    var random = SplitMix64(seed: 1)
    // The table rehashes all of its keys when it grows, which is constant on average: it grows once here.
    for number in 0..<size { timers.set(CountedKey(number: number), at: seconds(Double(number))) }
    for _ in 0..<2000 {
      let key = CountedKey(number: Int(random.number(in: 0...UInt32(size - 1))))
      let deadline = seconds(Double(random.number(in: 0...100_000 as ClosedRange<UInt32>)))
      most = max(most, count { timers.set(key, at: deadline) })
    }
    // At each of 14 levels two keys change places, once down and once up; and a few lookups at the ends.
    #expect(most <= 2 * 2 * 14 + 8)
    var previous = Instant.origin
    while let next = timers.nextDeadline {
      #expect(next >= previous)
      previous = next
      var popped: CountedKey?
      let cost = count { popped = timers.popExpired(at: next) }
      #expect(popped != nil && cost <= 2 * 2 * 14 + 8)
    }
  }

  /// Random numbers, counted: what is tried at random is a part of the cost.
  private final class Draws: Sendable {
    let count = Mutex(0)
  }

  private struct CountedRandom: RandomSource {
    var source = SplitMix64(seed: 1)
    let draws: Draws

    mutating func next() -> UInt64 {
      draws.count.withLock { $0 += 1 }
      return source.next()
    }
  }

  /// Twenty thousand in every run; `PCP_SCALE=1000000` tries a million, and prints the memory that they take.
  private static let count = ProcessInfo.processInfo.environment["PCP_SCALE"].flatMap { Int($0) } ?? 20000

  private static func host(_ number: Int) -> PeerAddress {
    PeerAddress(IPv6Address(mapping: IPv4Address(10 << 24 | UInt32(number / 100))), port: 40000)
  }

  @Test("Each mapping is made, renewed and expires at the same cost, however many there are")
  func mappings() throws {
    var configuration = ServerConfiguration(
      externalAddresses: (0..<max(1, Self.count / 50000 + 1)).map {
        IPv6Address(mapping: IPv4Address(192 << 24 | 2 << 8 | UInt32($0)))
      })
    configuration.mappings = Self.count * 2
    configuration.reuseDelay = .seconds(60)
    configuration.announcementCount = 0
    let draws = Draws()
    var machine = ServerMachine(configuration, startedAt: .origin, random: CountedRandom(draws: draws))
    let memory = residentOctets()
    for number in 0..<Self.count {
      let client = Self.host(number)
      let request = MapRequest.test(
        lifetime: UInt32(3600 + number % 3600), port: UInt16(10000 + number % 100), from: client)
      let asked = machine.handle(.request(.map(request), from: client, token(UInt64(number))), at: seconds(0))
      guard case .install(let mapping) = try #require(asked.first), asked.count == 1 else { return }
      let answered = machine.handle(.installed(mapping.id), at: seconds(0))
      try #require(answered.count == 2)
    }
    #expect(draws.count.withLock { $0 } <= Self.count * 2)
    #expect(machine.mappedPortCount == Self.count)
    if let memory, let now = residentOctets(), Self.count > 100_000 {
      print("\(Self.count) mappings: \((now - memory) / Self.count) octets each")
    }
    let renewed = machine.handle(
      .request(.map(.test(lifetime: 3600, port: 10000, from: Self.host(0))), from: Self.host(0), token(0)), at: seconds(1))
    #expect(renewed.count == 2)

    // A second's share expires in a second, in parts that leave room for requests.
    #expect(machine.expire(at: seconds(3599)).isEmpty)
    var expired = 0
    while let next = machine.nextDeadline {
      let effects = machine.expire(at: next)
      #expect(effects.count <= 2 * 4096)
      for case .remove(let mapping) in effects {
        expired += 1
        let rest = machine.handle(.removed(mapping.id), at: next)
        try #require(rest.isEmpty)
      }
    }
    #expect(expired == Self.count)
    #expect(machine.mappedPortCount == 0 && machine.pool.heldCount == 0 && machine.work.isEmpty)
  }

  @Test("A port is found in a full space in one pass over its words, and many hosts are forgotten at no cost")
  func fullSpace() {
    var configuration = ServerConfiguration(externalAddresses: [outside])
    configuration.mappingsPerHost = 70000
    configuration.mappings = 70000
    let draws = Draws()
    var server = TestServer(ServerMachine(configuration, startedAt: .origin, random: CountedRandom(draws: draws)))
    let ports = 1024...65535 as ClosedRange<UInt16>
    for port in ports where port % 8 == 0 { #expect(server.map(.test(port: port), at: seconds(0)).map != nil) }
    draws.count.withLock { $0 = 0 }
    for port in 1...500 as ClosedRange<UInt16> { #expect(server.map(.test(port: port), at: seconds(0)).map != nil) }
    #expect(draws.count.withLock { $0 } <= 500 * 2)
  }

  @Test("The rates of many sources take no more memory than is allowed")
  func sources() {
    var limiter = RateLimiter()
    let limit = RateLimit(burst: 1, perSecond: 1, sources: 1000)
    var most = 0
    for number in 0..<100_000 {
      let source = IPv6Address(high: 0x2001_0DB8 << 32, low: UInt64(number))
      let isAdmitted = limiter.admits(source, limit, at: seconds(0))
      #expect(isAdmitted)
      most = max(most, limiter.count)
    }
    #expect(most <= 1000)
    let last = IPv6Address(high: 0x2001_0DB8 << 32, low: 99_999)
    let admitted = [0.5, 1].map { limiter.admits(last, limit, at: seconds($0)) }
    #expect(admitted == [false, true])
  }

  /// The memory of the process, in octets; nil where the system does not tell.
  private func residentOctets() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 }
  }
}
