import PCPWire

/// What a probe has found.
struct ProbeFindings: Encodable, Hashable {
  /// One version of the protocol.
  struct Version: Encodable, Hashable {
    var isSpoken = false
    /// Seconds since the server lost, or may have lost, its mappings.
    var epochTime: UInt32?
    /// From the request to its answer.
    var milliseconds: Double?
    /// Only NAT-PMP tells it without a mapping.
    var externalAddress: String?
    /// What was wrong, or why it is not spoken.
    var fault: String?
  }

  /// An operation or an option.
  struct Feature: Encodable, Hashable {
    var name: String
    /// nil when it cannot be told.
    var isTaken: Bool?
    /// What the server answered; nil for nothing.
    var result: ResultCode?

    private enum CodingKeys: String, CodingKey { case name, isTaken, result }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encodeIfPresent(isTaken, forKey: .isTaken)
      try container.encodeIfPresent(result.map { "\($0)" }, forKey: .result)
    }
  }

  /// Who was asked.
  var server: String
  var pcp = Version()
  /// nil over IPv6, which the protocol does not have.
  var natPMP: Version?
  var operations: [Feature] = []
  var options: [Feature] = []
  /// Prefixes of a NAT64.
  var prefix64: [String] = []

  /// Whether either version is spoken.
  var isAnyone: Bool { pcp.isSpoken || natPMP?.isSpoken == true }

  /// For a person.
  var lines: [String] {
    var lines = [server, line("PCP version 2", pcp)]
    if let natPMP { lines.append(line("NAT-PMP", natPMP)) }
    if !operations.isEmpty { lines.append("operations: \(list(operations))") }
    if !options.isEmpty { lines.append("options: \(list(options))") }
    if !prefix64.isEmpty { lines.append("NAT64 prefixes: \(prefix64.joined(separator: ", "))") }
    return lines
  }

  private func line(_ name: String, _ version: Version) -> String {
    guard version.isSpoken else { return "\(name): no (\(version.fault ?? "not asked"))" }
    var parts = ["\(name): yes"]
    if let address = version.externalAddress { parts.append("external address \(address)") }
    if let epochTime = version.epochTime { parts.append("epoch time \(epochTime) s") }
    if let milliseconds = version.milliseconds {
      let microseconds = Int((milliseconds * 1000).rounded())
      parts.append("answers in \(microseconds / 1000).\(String(microseconds % 1000 / 100)) ms")
    }
    if let fault = version.fault { parts.append(fault) }
    return parts.joined(separator: ", ")
  }

  private func list(_ features: [Feature]) -> String {
    features.map { feature in
      switch (feature.isTaken, feature.result) {
      case (true, _): feature.name
      case (false, _): "no \(feature.name)"
      case (nil, let result?): "\(feature.name) unclear (\(result))"
      case (nil, nil): "\(feature.name) unclear (no answer)"
      }
    }.joined(separator: ", ")
  }
}
