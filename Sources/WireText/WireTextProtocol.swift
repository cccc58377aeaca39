import Synchronization
import Wire

/// The text forms of one protocol, its definition read once.
///
/// Programs that know the protocol at build time get it from the definition in its generated module.
public struct WireTextProtocol: Sendable {
  /// Decodes and encodes by the definition.
  public let interpreter: Interpreter

  /// What the protocol is made of.
  public var definition: ProtocolDefinition { interpreter.definition }

  /// The text forms of a definition.
  public init(_ definition: ProtocolDefinition) { interpreter = Interpreter(definition) }

  /// Reads the text of a definition.
  ///
  /// - Throws: where the text is none.
  public init(parsing text: String) throws(DefinitionTextError) {
    self.init(try ProtocolDefinition(parsing: text))
  }

  /// The protocol a generated module carries the definition of; read on the first call only.
  public static func of(_ definition: WireDefinition) -> WireTextProtocol {
    if let known = cache.withLock({ $0[definition.identity] }) { return known }
    // The text is a literal of the program, which the generator wrote: no octets, schema or file of a running program reach it.
    guard let new = try? WireTextProtocol(parsing: definition.text.description) else {
      preconditionFailure("the generator and this library are of different versions")
    }
    cache.withLock { $0[definition.identity] = new }
    return new
  }

  /// The protocol a generated module carries the definition of, with what extensions add to it.
  public static func of(_ definition: WireDefinition, extensions: ExtensionRegistry) -> WireTextProtocol {
    guard !extensions.isEmpty else { return of(definition) }
    let key = MergedKey(definition.identity, extensions)
    if let known = merged.withLock({ $0[key] }) { return known }
    let new = WireTextProtocol(of(definition).definition.merging(extensions))
    merged.withLock { $0[key] = new }
    return new
  }

  private static let cache = Mutex<[UInt: WireTextProtocol]>([:])
  private static let merged = Mutex<[MergedKey: WireTextProtocol]>([:])
}

/// A protocol and what extensions add to it.
private struct MergedKey: Hashable {
  struct Use: Hashable {
    var list: String
    var tag: UInt64
    var extraTag: UInt64
    var minimum: Int
    var maximum: Int
    var codes: [UInt32?]
    var position: ExtensionUse.Position?
    /// Of the definition that has the element.
    var definition: UInt
  }

  let definition: UInt
  let extensions: [UInt]
  let uses: [Use]

  init(_ definition: UInt, _ extensions: ExtensionRegistry) {
    self.definition = definition
    self.extensions = extensions.definitions.map(\.identity)
    uses = extensions.uses.map { use in
      Use(
        list: use.list.description, tag: use.tag, extraTag: use.extraTag, minimum: use.minimum, maximum: use.maximum,
        codes: [use.missing.value, use.excess.value, use.invalid?.value], position: use.position,
        definition: use.body.definition.identity)
    }
  }
}
