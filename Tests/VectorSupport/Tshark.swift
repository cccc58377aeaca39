import Foundation

/// The dissector of Wireshark as a program: what it makes of captured messages.
public enum Tshark {
  /// Without tshark its tests fail, unless this is set to 1: nobody shall believe that it agreed when it was not asked.
  public static let skipVariable = "WIREGEN_SKIP_TSHARK"
  public static let isSkipped = ProcessInfo.processInfo.environment[skipVariable] == "1"

  public struct Failure: Error, CustomStringConvertible {
    public var description: String

    public init(description: String) { self.description = description }
  }

  /// A protocol that tshark knows.
  public struct Dissector: Sendable {
    /// What tshark calls it; several where it goes by the octets.
    public var layers: [String]
    /// The server's UDP port.
    public var port: UInt16
    /// Whether tshark must be told, since it does not go by the port itself.
    public var isTold: Bool
    /// What else tshark is told: preferences, a dissector in Lua.
    public var arguments: [String]

    public init(_ layers: String..., port: UInt16, isTold: Bool = false, arguments: [String] = []) {
      self.layers = layers
      self.port = port
      self.isTold = isTold
      self.arguments = arguments
    }

    /// PCP and NAT-PMP.
    public static let portControl = Dissector("portcontrol", "nat-pmp", port: 5351)
  }

  /// What tshark makes of each message, in their order.
  public static func dissect(
    _ messages: [CapturedMessage], as dissector: Dissector = .portControl
  ) throws -> [Dissection] {
    let dissections = try dissect(Capture(messages, serverPort: dissector.port), as: dissector)
    guard dissections.count == messages.count else {
      throw Failure(description: "tshark shows \(dissections.count) packets of \(messages.count)")
    }
    return dissections
  }

  /// What tshark makes of each packet of a capture file.
  public static func dissect(_ capture: Capture, as dissector: Dissector) throws -> [Dissection] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("wiregen-\(UUID().uuidString).pcap")
    try Data(capture.octets).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try dissect(file, as: dissector)
  }

  /// What tshark makes of each packet of a capture file.
  static func dissect(_ capture: URL, as dissector: Dissector) throws -> [Dissection] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // Names are not resolved; of the layers below only UDP, for its payload. Times are shown in UTC.
    process.arguments = [
      "TZ=UTC", "tshark", "-n", "-r", capture.path, "-T", "pdml", "-J",
      (["udp"] + dissector.layers + ["_ws.malformed"]).joined(separator: " "),
    ]
    process.arguments? += dissector.arguments
    for transport in dissector.isTold ? ["udp", "tcp"] : [] {
      process.arguments? += ["-d", "\(transport).port==\(dissector.port),\(dissector.layers[0])"]
    }
    let output = Pipe()
    process.standardOutput = output
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus == 127 {
      throw Failure(
        description: "tshark is not installed: apt-get install tshark, or \(skipVariable)=1 to go without its word")
    }
    guard process.terminationStatus == 0 else {
      let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      throw Failure(description: "tshark ended with status \(process.terminationStatus): \(words)")
    }
    return Dissection.parse(pdml: String(decoding: text, as: UTF8.self), by: dissector)
  }
}

/// What tshark makes of one packet.
public struct Dissection: Sendable {
  /// A field of the protocol, with its place in the UDP payload.
  public struct Field: Sendable {
    public var name: String
    /// The value as text: numbers in decimal, addresses, text, octets with colons.
    public var show: String
    public var octets: [UInt8]
    public var start: Int
    public var size: Int
    /// Whether it has fields in it, which say the same in parts.
    public var isDivided: Bool

    public var number: Int128? { show.hasPrefix("0x") ? Int128(show.dropFirst(2), radix: 16) : Int128(show) }
  }

  /// The UDP payload.
  public var octets: [UInt8] = []
  public var isFromServer = false
  /// The layer, "portcontrol" or "nat-pmp"; nil when there is nothing to dissect.
  public var dissector: String?
  /// In the order of the packet.
  public var fields: [Field] = []
  public var isMalformed = false
  /// What experts say, and errors of dissectors in Lua among them.
  public var experts: [String] = []
  /// Where the payload starts in the frame.
  private var base = 0
}

extension Dissection {
  /// Reads Wireshark's XML, which has a line for each tag, or several where text has line feeds.
  static func parse(pdml: String, by dissector: Tshark.Dissector) -> [Dissection] {
    var dissections: [Dissection] = []
    var open = ""
    for part in pdml.split(separator: "\n", omittingEmptySubsequences: false) {
      open += open.isEmpty ? part : "\n" + part
      guard open.isEmpty || open.hasSuffix(">") else { continue }
      let line = open.drop { $0 == " " }
      open = ""
      if line == "<packet>" {
        dissections.append(Dissection())
      } else if line.hasPrefix("<proto ") || line.hasPrefix("<field "), !dissections.isEmpty {
        dissections[dissections.count - 1].take(attributes(of: line), isDivided: !line.hasSuffix("/>"), dissector)
      }
    }
    return dissections
  }

  /// By octets, since a quotation mark and a combining character behind it are one character.
  private static func attributes(of line: Substring) -> [Substring: Substring] {
    let (blank, equals, quote) = (UInt8(ascii: " "), UInt8(ascii: "="), UInt8(ascii: "\""))
    var result: [Substring: Substring] = [:]
    var rest = line.utf8.drop { $0 != blank }.dropFirst()
    while let sign = rest.firstIndex(of: equals) {
      let value = rest[sign...].dropFirst(2).prefix { $0 != quote }
      result[Substring(rest[..<sign])] = Substring(value)
      rest = rest[value.endIndex...].dropFirst().drop { $0 == blank }
    }
    return result
  }

  private mutating func take(
    _ attributes: [Substring: Substring], isDivided: Bool, _ known: Tshark.Dissector
  ) {
    let name = attributes["name"] ?? ""
    let start = attributes["pos"].flatMap { Int($0) } ?? 0
    let hex = attributes["unmaskedvalue"] ?? attributes["value"] ?? ""
    switch name {
    case "udp.srcport": isFromServer = attributes["show"] == "\(known.port)"
    case "udp.payload":
      base = start
      octets = [UInt8](hexadecimal: hex)
    case _ where known.layers.contains(String(name)): dissector = String(name)
    case "_ws.malformed": isMalformed = true
    case "_ws.expert.message": experts.append((attributes["show"] ?? "").withoutEntities)
    default:
      guard let dissector, name.hasPrefix("\(dissector).") else { return }
      let field = Field(
        name: String(name), show: (attributes["show"] ?? "").withoutEntities, octets: [UInt8](hexadecimal: hex),
        start: start - base, size: attributes["size"].flatMap { Int($0) } ?? 0, isDivided: isDivided)
      // Containers of fields say nothing themselves, and what is hidden is made up for filters.
      let isEmpty = field.octets.isEmpty && field.show.isEmpty
      if !isEmpty && attributes["hide"] != "yes" { fields.append(field) }
    }
  }
}

extension [UInt8] {
  /// The octets that hexadecimal digits stand for, as far as they are pairs of digits.
  public init(hexadecimal text: Substring) {
    self = []
    var rest = text
    while let octet = UInt8(rest.prefix(2), radix: 16), rest.count >= 2 {
      append(octet)
      rest = rest.dropFirst(2)
    }
  }
}

extension Substring {
  fileprivate var withoutEntities: String {
    let entities = [("&lt;", "<"), ("&#x27;", "'"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
    return entities.reduce(String(self)) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }
}
