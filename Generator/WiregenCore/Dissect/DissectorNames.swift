import WireText

/// What the parts of a protocol are called in Wireshark's filters.
///
/// Everything is behind a prefix that no dissector of Wireshark's own has: `wg_` and the protocol's name in small letters. Then
/// come the names of the schema: type and member.
public struct DissectorNames: Sendable {
  /// "wg_pcp": the name of the protocol.
  public let layer: String

  /// - Parameter name: of the protocol or the extension.
  public init(_ name: String) { layer = "wg_" + name.lowercased() }

  /// A body itself: "wg_pcp.MapRequest".
  public func body(_ name: String) -> String { "\(layer).\(name)" }

  /// A member of a body, of the header of a family: "wg_pcp.MapRequest.internalPort", "wg_pcp.Option.code".
  public func member(_ name: String, of owner: String) -> String { "\(layer).\(owner).\(name)" }
}
