import WireText

/// A schema with every name in it looked up and every size worked out: what the later stages start from.
public struct ResolvedSchema: Sendable {
  public var definition: ProtocolDefinition
  /// What people read about each thing: by the type's name, or "MapRequest.nonce" for a part of it.
  public var documentation: [String: Documentation]
  /// By index in `definition.codes`.
  public var classifications: [Int: Classification]
  public var samples: [Sample]
  /// Every file read, the root's first.
  public var files: [String]
  /// Set for an `<extension>`: what it adds to the protocol that `definition` describes.
  public var addition: Addition?

  public struct Documentation: Sendable {
    public var text: String?
    public var reference: String?
    /// Version of the protocol that it came with, and why not to use it any more.
    public var since: String?
    public var deprecated: String?
    public var position: SourcePosition
  }

  /// Classes that a list of codes puts its codes in: the long and short errors of PCP.
  public struct Classification: Sendable {
    /// Name of the Swift type.
    public var name: String
    public var classes: [String]
    /// Class of each code that has one, by the code's name.
    public var members: [String: String]
  }

  /// What an extension adds to a protocol described elsewhere.
  public struct Addition: Sendable {
    /// "AcmePCP".
    public var name: String
    /// The file it extends, as written.
    public var base: String
    /// The files that are extended, as written: the one that this extends first, the protocol's last.
    public var bases: [String]
    /// Indices of what is the extension's own in `definition.codes`, `definition.flags`, `definition.bodies`.
    public var codes: Range<Int>
    public var flags: Range<Int>
    public var bodies: Range<Int>
    /// The elements added: family, index of the element in it, and the lists it is allowed in.
    public var elements: [AddedElement]
    /// More codes and flags of types that the extension does not have.
    public var addedCodes: [AddedCode]
    public var addedFlags: [AddedFlag]
    /// Lists that elements of others are allowed in besides.
    public var addedUses: [AddedUse]
  }

  /// A code that an extension adds: index of the type in `definition.codes`, and of the code in it.
  public struct AddedCode: Sendable, Hashable {
    public var codes: Int
    public var code: Int
  }

  /// A flag that an extension adds: index of the set in `definition.flags`, and of the flag in it.
  public struct AddedFlag: Sendable, Hashable {
    public var flags: Int
    public var flag: Int
  }

  /// An element that the extension does not have, allowed in a list besides.
  public struct AddedUse: Sendable {
    public var family: Int
    /// Index in the family's `elements`.
    public var element: Int
    public var use: AddedElement.Use
  }

  public struct AddedElement: Sendable {
    public var family: Int
    public var element: Int
    public var uses: [Use]

    /// One list the element is allowed in.
    public struct Use: Sendable {
      /// Index of the message, struct or element in `definition.bodies`; its list in `definition` allows the element, too.
      public var body: Int
      /// Name of the list member.
      public var list: String
      public var minimum: Int
      public var maximum: Int?
      /// Protocol codes of too few and too many.
      public var missingCode: UInt64?
      public var excessCode: UInt64?
      /// As in `ListShape.Allowed`.
      public var invalidCode: UInt64?
      public var requiredWhen: WireExpression?
      public var position: ListShape.Position?
    }
  }

  /// Octets and what a decoder must say to them.
  public struct Sample: Sendable {
    public var name: String
    /// Index in `definition.bodies`.
    public var body: Int
    public var octets: [UInt8]
    public var isCanonical: Bool
    public var expectations: [Expectation]
    /// Set when the octets must be refused.
    public var failure: Failure?
    public var position: SourcePosition

    public struct Expectation: Sendable {
      public var path: String
      public var value: String
      /// Of the path.
      public var position: SourcePosition
      public var valuePosition: SourcePosition
    }

    public struct Failure: Sendable {
      /// Protocol code.
      public var code: UInt64?
      public var kind: String?
      /// Path behind the message's name.
      public var path: String?
      public var offset: Int?
    }
  }
}
