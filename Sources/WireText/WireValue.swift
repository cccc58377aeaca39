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
  public var value: WireValue { .structure(root.children.fields) }
}

extension [WireTree.Node] {
  /// The properties among them.
  var fields: [WireValue.Field] {
    var fields: [WireValue.Field] = []
    appendFields(to: &fields)
    return fields
  }

  private func appendFields(to fields: inout [WireValue.Field]) {
    for node in self where node.role == .member {
      if case .bits = node.value {
        node.children.appendFields(to: &fields)
      } else {
        node.appendField(to: &fields)
      }
    }
  }
}

extension WireTree.Node {
  fileprivate func appendField(to fields: inout [WireValue.Field]) {
    if let value = wireValue { fields.append(WireValue.Field(name, value)) }
  }

  private var wireValue: WireValue? {
    switch value {
    case .structure, .choice: .structure(children.fields)
    case .array: .array(children.compactMap(\.wireValue))
    case .list: .list(children.compactMap(\.element))
    case .bits, .element, .unknownElement: nil
    default: scalarValue
    }
  }

  private var scalarValue: WireValue? {
    switch value {
    case .integer(let number, _, _), .date(_, let number, _): .integer(number)
    case .boolean(let flag): .boolean(flag)
    case .flags(let bits, _): .integer(Int128(bits))
    case .ipv4(let address): .octets(address.octets)
    case .ipv6(let address): .octets(address.octets)
    case .mac(let address): .octets(address.octets.array)
    case .octets(let octets), .text(let octets): .octets(octets)
    case .structure, .bits, .array, .list, .choice, .element, .unknownElement: nil
    }
  }

  private var element: WireValue.Element? {
    guard role == .member else { return nil }
    switch value {
    case .element: return .known(name: name, .structure(children.fields))
    case .unknownElement(let kept): return .kept(kept)
    default: return nil
    }
  }
}
