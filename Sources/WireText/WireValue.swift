import Wire

/// What a message says, without where its octets are: what is left of a tree when constants, computed and
/// reserved members are taken away, and what encoding starts from.
public indirect enum WireValue: Sendable, Hashable {
  /// A number, a set of bits, or a time: units since its origin, or seconds since 1970 when it is text on the wire.
  case integer(Int128)
  case boolean(Bool)
  /// Octets, text (as UTF-8) and addresses.
  case octets([UInt8])
  /// Members in the order of the schema; bit fields are members of the body their group is in. A choice has one member, which
  /// is named as the case and is a structure.
  case structure([Field])
  case array([WireValue])
  case list([Element])

  /// A member with its value.
  public struct Field: Sendable, Hashable {
    /// Its name in the schema.
    public var name: String
    /// What it says.
    public var value: WireValue

    /// A member with its value.
    public init(_ name: String, _ value: WireValue) {
      self.name = name
      self.value = value
    }
  }

  /// An element of a list, in wire order.
  public enum Element: Sendable, Hashable {
    case known(name: String, WireValue)
    /// An element the list does not know, by its tag, other members of its header and the octets of its value; encoding makes
    /// the rest.
    case unknown(tag: UInt64, header: [Field] = [], value: [UInt8])
    /// An element the list does not know that is encoded octet for octet as it came.
    case kept(KeptElement)
  }

  /// The member of that name; nil when there is none.
  public subscript(name: String) -> WireValue? {
    get { fields.first { $0.name == name }?.value }
    set {
      var fields = fields
      if let index = fields.firstIndex(where: { $0.name == name }) {
        if let newValue { fields[index].value = newValue } else { fields.remove(at: index) }
      } else if let newValue {
        fields.append(Field(name, newValue))
      }
      self = .structure(fields)
    }
  }

  /// The members; none when it is not a structure.
  public var fields: [Field] {
    if case .structure(let fields) = self { return fields }
    return []
  }
}

extension WireTree {
  /// What the octets say.
  public var value: WireValue { root.wireValue }
}

extension WireTree.Node {
  /// What it says, and all that is in it.
  var wireValue: WireValue {
    folded { node, parts in
      switch node.value {
      case .structure, .choice, .element, .unknownElement, .bits:
        .structure(parts.map { WireValue.Field($0.node.name, $0.result) })
      case .array: .array(parts.map(\.result))
      case .list: .list(parts.map { $0.node.element($0.result) })
      default: node.scalarValue
      }
    }
  }

  private func element(_ value: WireValue) -> WireValue.Element {
    if case .unknownElement(let kept) = self.value { return .kept(kept) }
    return .known(name: name, value)
  }

  private var scalarValue: WireValue {
    switch value {
    case .integer(let number, _, _), .date(_, let number, _): .integer(number)
    case .boolean(let flag): .boolean(flag)
    case .flags(let bits, _): .integer(Int128(bits))
    case .ipv4(let address): .octets(address.octets)
    case .ipv6(let address): .octets(address.octets)
    case .mac(let address): .octets(address.octets.array)
    case .octets(let octets), .text(let octets): .octets(octets)
    case .structure, .bits, .array, .list, .choice, .element, .unknownElement: .structure([])
    }
  }
}
