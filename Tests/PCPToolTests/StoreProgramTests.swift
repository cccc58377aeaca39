import Foundation
import Testing

/// The programs themselves: what a server with a store has told its clients outlives it, however it ends.
@Suite("A server with a store", .serialized) struct StoreProgramTests {
  private func server(_ place: ServerPlace, after prefix: String = "") throws -> Process {
    let listening = "--listen 127.0.0.1 --port \(place.port) --no-announce --no-admin-socket"
    return try place.server("\(listening) --external 192.0.2.1 --store \(place.store)", after: prefix)
  }

  @Test("Killed with no warning, it comes back with all that it acknowledged, and its epoch goes on") func killed() async throws {
    try await ServerPlace.run { place in
      let first = try server(place)
      var made: [(port: Int, output: String)] = []
      for port in 7001...7006 {
        let outcome = try place.map(port)
        #expect(outcome.status == 0, "\(outcome.output)")
        made.append((port, outcome.output))
      }
      let before = try place.epoch()
      place.end(first, SIGKILL)
      _ = try server(place)
      #expect(try place.epoch() >= before)
      for (port, output) in made {
        let words = output.split(whereSeparator: \.isWhitespace).map(String.init)
        let nonce = try #require(words.last)
        let renewed = try place.map(port, nonce: nonce)
        #expect(renewed.status == 0 && renewed.output.hasPrefix(words.prefix(3).joined(separator: " ")), "\(renewed.output)")
        #expect(try place.map(port, nonce: String(repeating: "00", count: 12)).status != 0)
      }
    }
  }

  @Test("When the disk is full it says so to who asks, and goes on answering") func full() async throws {
    try await ServerPlace.run { place in
      // Past a size of 64 KiB nothing can be written, as on a full disk.
      let process = try server(place, after: "trap '' XFSZ; ulimit -f 64;")
      var refused = 0
      for port in 7001...7400 where refused < 3 {
        if try place.map(port).status != 0 { refused += 1 }
      }
      #expect(refused == 3)
      #expect(try place.ask("announce").status == 0)
      #expect(process.isRunning)
    }
  }

  @Test("An epoch that began with another address goes on after it was killed, as its mappings do") func epoch() async throws {
    try await ServerPlace.run { place in
      func configuration(_ external: String) -> String {
        """
        listen: [127.0.0.1]
        port: \(place.port)
        announce: false
        admin-socket: \(place.socket)
        store: \(place.store)
        external: [\(external)]

        """
      }
      try place.write(configuration("192.0.2.1"))
      let first = try place.server("--config \(place.file)")
      #expect(try place.map(7001).status == 0)
      sleep(3)
      #expect(try place.epoch() >= 3)
      let moved = ContinuousClock.now
      try place.reload(first, configuration("192.0.2.2"), until: "moved ")
      place.end(first, SIGKILL)
      _ = try place.server("--config \(place.file)")
      let epoch = try place.epoch()
      #expect(epoch <= (ContinuousClock.now - moved).components.seconds, "an epoch of before the move goes on")
      #expect(try place.mappings().contains("192.0.2.2:"))
    }
  }
}
