import Foundation

/// What a program answers to one path: `GET` of it.
public struct AdminRoute: Sendable {
  /// Such as `/status`.
  public let path: String
  let answer: @Sendable () async -> AdminResponse

  public init(_ path: String, _ answer: @escaping @Sendable () async -> AdminResponse) {
    self.path = path
    self.answer = answer
  }
}

/// An answer: JSON.
public struct AdminResponse: Sendable, Hashable {
  /// HTTP's, such as 200.
  public var status: Int
  public var octets: [UInt8]

  /// What a program has to say.
  public init(_ value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      status = 200
      octets = Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    } catch {
      status = 500
      octets = Array("{\"error\": \"the answer cannot be written\"}\n".utf8)
    }
  }

  /// `{"error": ...}`
  public init(fault: String, status: Int) {
    self.init(["error": fault])
    self.status = status
  }
}
