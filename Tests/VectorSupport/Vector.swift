import Foundation

/// One entry of a file under Tests/Vectors: octets worked out by hand, and what they say.
public struct Vector: Sendable {
  public var name: String
  /// The message the octets are; nil for those that must be refused.
  public var message: String?
  public var direction: String?
  public var octets: [UInt8] = []
  /// Path and JSON value, one for each leaf.
  public var expectations: [(path: String, value: String)] = []
  public var isCanonical = true
  /// For octets that must be refused: the protocol code's label.
  public var error: String?
  public var kind: String?
  /// The path behind the message's name; empty where the whole message is meant.
  public var member: String?
  public var offset: Int?
  /// Where the entry starts.
  public var line: Int
}

public struct VectorFileError: Error, CustomStringConvertible {
  public var description: String
}

extension Vector {
  /// Every vector of a file under Tests/Vectors, or another folder of Tests.
  public static func read(_ name: String, in folder: String = "Vectors") throws -> [Vector] {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(folder).appendingPathComponent(name)
    return try parse(try String(contentsOf: url, encoding: .utf8), file: name)
  }

  static func parse(_ text: String, file: String) throws -> [Vector] {
    var vectors: [Vector] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.hasPrefix("## ") {
        vectors.append(Vector(name: String(line.dropFirst(3)), line: index + 1))
      } else if !line.isEmpty, !line.hasPrefix("#") {
        guard !vectors.isEmpty, vectors[vectors.count - 1].take(line) else {
          throw VectorFileError(description: "\(file):\(index + 1): error: not a line of a vector: \(line)")
        }
      }
    }
    return vectors
  }

  private mutating func take(_ line: String) -> Bool {
    if line.hasPrefix("= ") {
      guard let colon = line.range(of: ": ") else { return false }
      expectations.append(
        (String(line[line.index(line.startIndex, offsetBy: 2)..<colon.lowerBound]), String(line[colon.upperBound...])))
      return true
    }
    if let colon = line.range(of: ": "), line[..<colon.lowerBound].allSatisfy(\.isLetter) {
      return set(String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
    }
    return addOctets(line)
  }

  private mutating func set(_ key: String, _ text: String) -> Bool {
    let value = (text.range(of: " #").map { String(text[..<$0.lowerBound]) } ?? text).trimmingCharacters(in: .whitespaces)
    switch key {
    case "message": message = value
    case "direction": direction = value
    case "canonical": isCanonical = value != "no"
    case "error": error = value
    case "kind": kind = value
    case "at": member = value == "-" ? "" : value
    case "offset": offset = Int(value)
    default: return false
    }
    return true
  }

  private mutating func addOctets(_ line: String) -> Bool {
    let text = line.prefix { $0 != "#" }
    guard let times = text.lastIndex(of: "*") else { return addDigits(text) }
    // The last word before the sign is what is repeated.
    let before = text[..<times].split(separator: " ")
    guard let count = Int(text[text.index(after: times)...].trimmingCharacters(in: .whitespaces)), count > 0,
      let repeated = before.last, addDigits(Substring(before.dropLast().joined()))
    else { return false }
    return (0..<count).allSatisfy { _ in addDigits(repeated) }
  }

  private mutating func addDigits(_ text: Substring) -> Bool {
    let digits = text.filter { !$0.isWhitespace }
    guard digits.count.isMultiple(of: 2), digits.allSatisfy(\.isHexDigit) else { return false }
    octets += [UInt8](hexadecimal: digits[...])
    return true
  }
}
