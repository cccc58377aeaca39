/// How the nftables backend is set up.
public struct NFTablesConfiguration: Sendable, Hashable {
  /// The table, of family `inet`, that is the backend's own.
  public var table = "wiregen_pcp"
  /// The interfaces that lead outside.
  public var externalInterfaces: [String]
  /// Whether what comes from outside over IPv6 is let in by mappings alone.
  public var hasPinholes = false
  /// External UDP ports that mappings of all ports leave alone: the protocol's own.
  public var unmappedUDPPorts: [UInt16] = [5350, 5351]
  /// Changes that go into one transaction at most.
  public var batchSize = 512

  public init(externalInterfaces: [String]) { self.externalInterfaces = externalInterfaces }

  /// What is wrong with the configuration; empty when nothing is.
  public var faults: [String] {
    var faults: [String] = []
    if !Self.isIdentifier(table) {
      faults.append("'\(table)' is no name for a table: a letter, then letters, digits and _, at most 64")
    }
    if externalInterfaces.isEmpty { faults.append("the nftables backend must be told which interface leads outside") }
    for name in externalInterfaces where !Self.isInterfaceName(name) { faults.append("'\(name)' is no name of an interface") }
    return faults
  }

  private static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), text.utf8.count <= 64 else { return false }
    return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
  }

  /// Names that stand between quotation marks in a script as they are, and match one interface: no wildcard.
  private static func isInterfaceName(_ text: String) -> Bool {
    let others = Array("_-.:@+".utf8)
    return (1...15).contains(text.utf8.count)
      && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || others.contains($0) }
  }

  private static func isLetter(_ octet: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet | 0x20)
  }

  private static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }
}
