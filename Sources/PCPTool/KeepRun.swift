import ArgumentParser
import Foundation
import Machine
import PCP
import PCPClient
import PCPWire
import Transport
import UnixSignals
import Wire

/// Holds a mapping until a signal, and tells of each of its states: `pcp map --keep`.
struct KeepRun {
  private let options: ClientOptions

  init(_ options: ClientOptions) { self.options = options }

  /// - Throws: the exit status when there was no mapping at the end, or its deletion was not confirmed.
  func run(_ wish: MapWish) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    var mapperOptions = PortMapper.Options()
    mapperOptions.servers = options.server.map { [[PeerAddress($0, port: options.port)]] }
    mapperOptions.gatewayPort = options.port
    if options.annotate {
      let record = PassageRecord(options, nil)
      mapperOptions.watch = { record.note($0) }
    }
    let mapping = PortMapper(mapperOptions).mapping(wish.protocol, internalPort: wish.internalPort) { $0 = wish }
    let following = Task { for await state in mapping { show(state) } }
    for await _ in signals { break }
    let last = mapping.state
    following.cancel()
    let isGone = await mapping.delete()
    try report(last, isGone)
  }

  private func report(_ last: MappingState, _ isGone: Bool) throws {
    guard last.mapped != nil else {
      complain("there was no mapping at the end")
      throw Status.refused
    }
    guard isGone else {
      complain("the gateway has not confirmed the deletion: the mapping goes when its life is over")
      throw Status.refused
    }
    if options.json { show("deleted") } else { say("deleted") }
  }

  /// At once, also where standard output is a pipe: the next line may be hours away.
  private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  private func show(_ state: MappingState) {
    switch state {
    case .requesting: show("requesting")
    case .mapped(let port): for endpoint in port.endpoints { show("mapped", endpoint) }
    case .refused(let refusal): show("refused", reason: "\(refusal)", until: refusal.retryAt)
    case .lost(let port): for endpoint in port.endpoints { show("lost", endpoint) }
    case .unavailable(let reason): show("unavailable", reason: "\(PortMapperError.unavailable(reason))")
    }
  }

  private func show(_ state: String, _ endpoint: MappedPort.Endpoint) {
    let seconds = endpoint.expiresAt.secondsFromNow
    if options.json {
      show(
        StateLine(
          state: state, external: "\(endpoint)", server: "\(endpoint.server)", lifetime: seconds, nonce: "\(endpoint.nonce)"))
    } else if state == "mapped" {
      say("mapped to \(endpoint) by \(endpoint.server) (\(endpoint.serverProtocol)) for \(seconds) s, nonce \(endpoint.nonce)")
    } else {
      say("\(endpoint) is no longer mapped; asking again")
    }
  }

  private func show(_ state: String, reason: String? = nil, until: ContinuousClock.Instant? = nil) {
    let seconds = until?.secondsFromNow
    if options.json {
      show(StateLine(state: state, reason: reason, lifetime: seconds))
    } else if let reason {
      say(seconds.map { "\(reason); asking again in \($0) s" } ?? reason)
    } else {
      say(state)
    }
  }

  /// One state as a line of JSON.
  private struct StateLine: Encodable {
    var state: String
    var external: String?
    var server: String?
    var reason: String?
    /// Seconds that it lasts.
    var lifetime: Int64?
    var nonce: String?
  }

  private func show(_ line: StateLine) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let octets = try? encoder.encode(line) else { return }
    say(String(decoding: octets, as: UTF8.self))
  }
}

extension ContinuousClock.Instant {
  fileprivate var secondsFromNow: Int64 { max(0, (self - .now).secondsRoundedUp) }
}
