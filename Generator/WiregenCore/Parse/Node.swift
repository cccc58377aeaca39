/// An element of a schema file with its place: XML and nothing more.
public final class Node {
  public struct Attribute: Sendable {
    public var name: String
    public var value: String
    /// Of the attribute's name.
    public var position: SourcePosition
  }

  public let name: String
  /// In document order; those of foreign namespaces are left out.
  public let attributes: [Attribute]
  /// Of the `<`.
  public let position: SourcePosition
  public internal(set) var children: [Node] = []
  /// The element's own text.
  public internal(set) var text = ""

  init(name: String, attributes: [Attribute], position: SourcePosition) {
    self.name = name
    self.attributes = attributes
    self.position = position
  }

  /// The value of an attribute; nil when it is not there.
  public subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

  /// Where an attribute is, or the element when it is not there.
  public func position(of name: String) -> SourcePosition {
    attributes.first { $0.name == name }?.position ?? position
  }

  /// The children of that name.
  public func children(_ name: String) -> [Node] { children.filter { $0.name == name } }

  /// The text of the `<doc>` child, white space folded; nil when there is none.
  public var documentation: String? {
    guard let text = children("doc").first?.text else { return nil }
    let folded = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return folded.isEmpty ? nil : folded
  }
}
