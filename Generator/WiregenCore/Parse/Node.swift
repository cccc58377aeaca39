/// An element of a schema file with its place: XML and nothing more.
public final class Node {
  public struct Attribute: Sendable {
    public var name: String
    public var value: String
    /// Of the attribute's name.
    public var position: SourcePosition
    /// The value as it is written, and where it starts.
    var written: WrittenValue?
  }

  public let name: String
  /// In document order; those of foreign namespaces are left out.
  public let attributes: [Attribute]
  /// Of the `<`.
  public let position: SourcePosition
  public internal(set) var children: [Node] = []
  /// The element's own text.
  public internal(set) var text = ""

  /// Whether its own attributes are what the grammar wants. What cannot be said of a node that is not sound is not said,
  /// so that one mistake gives one diagnostic.
  var isSound = true
  /// Children that the grammar refuses, or that are in no namespace of ours: nothing can be said about their names.
  var refused: [Node] = []

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

  /// Where a character of an attribute's value is, counted in Unicode scalars of the value.
  func position(of name: String, at offset: Int) -> SourcePosition {
    guard let attribute = attributes.first(where: { $0.name == name }) else { return position }
    return attribute.written?.position(at: offset) ?? attribute.position
  }

  /// The children of that name.
  public func children(_ name: String) -> [Node] { children.filter { $0.name == name } }

  /// The text of the `<doc>` child, white space folded; nil when there is none.
  public var documentation: String? {
    guard let text = children.first(where: { $0.name == "doc" })?.text else { return nil }
    let folded = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return folded.isEmpty ? nil : folded
  }
}

/// An attribute's value as the file has it: with references where the value has characters.
struct WrittenValue: Sendable {
  var octets: ArraySlice<UInt8>
  /// Of the first character.
  var start: SourcePosition

  /// Where the character of the value is that has so many Unicode scalars before it.
  func position(at offset: Int) -> SourcePosition {
    var position = start
    var rest = octets
    for _ in 0..<offset {
      guard let first = rest.first else { break }
      if first == UInt8(ascii: "&") {
        let reference = rest.prefix { $0 != UInt8(ascii: ";") }
        position.column += reference.count + 1
        rest = rest.dropFirst(reference.count + 1)
      } else if first == 10 || first == 13 {
        rest = rest.dropFirst(rest.starts(with: [13, 10]) ? 2 : 1)
        position.line += 1
        position.column = 1
      } else {
        rest = rest.dropFirst().drop { $0 & 0xC0 == 0x80 }
        position.column += 1
      }
    }
    return position
  }
}
