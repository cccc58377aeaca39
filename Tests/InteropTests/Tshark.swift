import Foundation
import VectorSupport

/// The dissector of Wireshark as a program: what it makes of captured messages.
enum Tshark {
  /// Without tshark its tests fail, unless this is set to 1: nobody shall believe that it agreed when it was not asked.
  static let skipVariable = "WIREGEN_SKIP_TSHARK"
  static let isSkipped = ProcessInfo.processInfo.environment[skipVariable] == "1"

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// What tshark makes of each message, in their order.
  static func dissect(_ messages: [CapturedMessage]) throws -> [Dissection] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("wiregen-\(UUID().uuidString).pcap")
    try Data(Capture(messages).octets).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let dissections = try dissect(file)
    guard dissections.count == messages.count else {
      throw Failure(description: "tshark shows \(dissections.count) packets of \(messages.count)")
    }
    return dissections
  }

  /// What tshark makes of each packet of a capture file.
  static func dissect(_ capture: URL) throws -> [Dissection] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // Names are not resolved; of the layers below only UDP, for its payload.
    process.arguments = [
      "tshark", "-n", "-r", capture.path, "-T", "pdml", "-J", "udp portcontrol nat-pmp _ws.malformed",
    ]
    let output = Pipe()
    process.standardOutput = output
    // It warns of every run as root.
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus == 127 {
      throw Failure(
        description: "tshark is not installed: apt-get install tshark, or \(skipVariable)=1 to go without its word")
    }
    guard process.terminationStatus == 0 else {
      throw Failure(description: "tshark ended with status \(process.terminationStatus)")
    }
    return Dissection.parse(pdml: String(decoding: text, as: UTF8.self))
  }
}

/// What tshark makes of one packet.
struct Dissection: Sendable {
  /// A field of PCP or NAT-PMP, with its place in the UDP payload.
  struct Field: Sendable {
    var name: String
    /// The value as text: numbers in decimal, addresses, text, octets with colons.
    var show: String
    var octets: [UInt8]
    var start: Int
    var size: Int

    var number: Int128? { show.hasPrefix("0x") ? Int128(show.dropFirst(2), radix: 16) : Int128(show) }
  }

  /// The UDP payload.
  var octets: [UInt8] = []
  var isFromServer = false
  /// "portcontrol" or "nat-pmp"; nil when there is nothing to dissect.
  var dissector: String?
  /// In the order of the packet.
  var fields: [Field] = []
  var isMalformed = false
  /// Where the payload starts in the frame.
  private var base = 0
}

extension Dissection {
  /// Reads Wireshark's XML, which has a line for each tag.
  static func parse(pdml: String) -> [Dissection] {
    var dissections: [Dissection] = []
    for line in pdml.split(separator: "\n") {
      let line = line.drop { $0 == " " }
      if line == "<packet>" {
        dissections.append(Dissection())
      } else if line.hasPrefix("<proto ") || line.hasPrefix("<field "), !dissections.isEmpty {
        dissections[dissections.count - 1].take(attributes(of: line))
      }
    }
    return dissections
  }

  private static func attributes(of line: Substring) -> [Substring: Substring] {
    var result: [Substring: Substring] = [:]
    var rest = line.drop { $0 != " " }.dropFirst()
    while let equals = rest.range(of: "=\"") {
      let name = rest[..<equals.lowerBound]
      let value = rest[equals.upperBound...].prefix { $0 != "\"" }
      result[name] = value
      rest = rest[value.endIndex...].dropFirst().drop { $0 == " " }
    }
    return result
  }

  private mutating func take(_ attributes: [Substring: Substring]) {
    let name = attributes["name"] ?? ""
    let start = attributes["pos"].flatMap { Int($0) } ?? 0
    let hex = attributes["unmaskedvalue"] ?? attributes["value"] ?? ""
    switch name {
    case "udp.srcport": isFromServer = attributes["show"] == "5351"
    case "udp.payload":
      base = start
      octets = [UInt8](hexadecimal: hex)
    case "portcontrol", "nat-pmp": dissector = String(name)
    case "_ws.malformed": isMalformed = true
    default:
      guard let dissector, name.hasPrefix("\(dissector).") else { return }
      let field = Field(
        name: String(name), show: (attributes["show"] ?? "").withoutEntities, octets: [UInt8](hexadecimal: hex),
        start: start - base, size: attributes["size"].flatMap { Int($0) } ?? 0)
      // Containers of fields say nothing themselves, and what is hidden is made up for filters.
      let isEmpty = field.octets.isEmpty && field.show.isEmpty
      if !isEmpty && attributes["hide"] != "yes" { fields.append(field) }
    }
  }
}

extension [UInt8] {
  init(hexadecimal text: Substring) {
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
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
    return entities.reduce(String(self)) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }
}
