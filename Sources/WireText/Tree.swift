import Wire

/// Octets decoded: what each of them is and means, with everything a person or a tool may want to see of it.
public struct WireTree: Sendable, Hashable {
  /// The message or other body; its name is the body's.
  public var root: Node

  /// A tree from its root.
  public init(root: Node) { self.root = root }

  /// One member of a body, one element of a list, or one part of those that the schema gives no name.
  public struct Node: Sendable, Hashable {
    var naming: Naming
    /// What it is for.
    public var role: Role
    /// What it says; that of composite nodes is in the children.
    public var value: Value
    /// Place in its array or list, from 0; nil elsewhere.
    public var index: Int?
    /// Octets from the start of the input; for a bit field, of its group.
    public var start: Int
    /// How many octets it takes; for a bit field, its group.
    public var count: Int
    /// Which bits of the group; nil when it is not a bit field.
    public var bits: BitRange?
    /// Parts in the order of the wire.
    public var children: [Node]
    /// The walk ended in it before it did: what it has counts as not there in expressions.
    var isCut = false

    /// A node, by default a member without children.
    public init(
      name: String, label: String, unit: String? = nil, role: Role = .member, value: Value, index: Int? = nil,
      start: Int, count: Int = 0, bits: BitRange? = nil, children: [Node] = []
    ) {
      self.init(Naming(name, label: label, unit: unit), role: role, value: value, start: start, count: count)
      self.index = index
      self.bits = bits
      self.children = children
    }

    init(_ naming: Naming, role: Role = .member, value: Value, start: Int, count: Int = 0) {
      self.naming = naming
      self.role = role
      self.value = value
      self.start = start
      self.count = count
      children = []
    }

    /// Empty for groups of bits and for elements of arrays; "reserved", "padding" and "trailing" for those.
    public var name: String {
      get { naming.name }
      set { naming = Naming(newValue, label: label, unit: unit) }
    }

    /// The document's own words for it.
    public var label: String {
      get { naming.label }
      set { naming = Naming(name, label: newValue, unit: unit) }
    }

    /// "s", "octets"; nil when there is none.
    public var unit: String? {
      get { naming.unit }
      set { naming = Naming(name, label: label, unit: newValue) }
    }
  }

  /// What a node is for.
  public enum Role: Sendable, Hashable {
    /// A property of the value.
    case member
    /// It has one value only, and is no property.
    case constant
    /// It is computed from another member, and is no property.
    case computed
    /// Reserved octets or bits.
    case reserved
    /// Part of an element's header.
    case header
    /// Octets between an element's value and the next element.
    case padding
    /// Octets that nothing accounts for.
    case trailing
    /// An unknown element that is skipped.
    case ignored
    /// Computed from members of the body, on no wire.
    case derived
  }

  /// Bits of a group, counted from its lowest.
  public struct BitRange: Sendable, Hashable {
    /// How far the lowest bit is above the group's lowest.
    public var shift: Int
    /// How many bits.
    public var width: Int

    /// So many bits above so many others.
    public init(shift: Int, width: Int) {
      self.shift = shift
      self.width = width
    }
  }

  /// What a number stands for where numbers have names.
  public indirect enum Meaning: Sendable, Hashable {
    case code(name: String, label: String)
    /// "private", "unassigned": the use of the range it is in.
    case range(use: String)
  }

  /// A bit that is set.
  public struct Flag: Sendable, Hashable {
    /// 0 is the least significant.
    public var bit: Int
    /// "nat"; nil when the bit has no name.
    public var name: String?
    /// "NAT"; nil when the bit has no name.
    public var label: String?

    /// A bit with its names.
    public init(bit: Int, name: String?, label: String?) {
      self.bit = bit
      self.name = name
      self.label = label
    }
  }

  /// A node's value; that of the composite ones is in the children.
  public enum Value: Sendable, Hashable {
    /// `bits` is the declared width.
    case integer(Int128, bits: Int, meaning: Meaning?)
    case boolean(Bool)
    case ipv4(IPv4Address)
    case ipv6(IPv6Address)
    case mac(MACAddress)
    case octets([UInt8])
    /// UTF-8, or what should have been.
    case text([UInt8])
    /// A time. `count` is what expressions see: units since its origin, or seconds since 1970 when it is text; `size` is
    /// how many octets the time itself takes.
    indirect case date(WireDate, count: Int128, size: Int)
    /// A set of bits, the ones that are set in ascending order.
    case flags(UInt64, [Flag])
    case structure
    /// A group of bits; its children are the fields.
    case bits(UInt64)
    case array
    case list
    /// One of several bodies; the child is the one it is, named as the case.
    case choice
    /// An element the list allows; the children are its header, then the members of its body, then padding.
    case element(tag: UInt64)
    /// An element the list does not know; the children are its header and padding.
    indirect case unknownElement(KeptElement)
  }
}

extension WireTree.Node {
  /// The octet after its last.
  public var end: Int { start + count }

  /// The value as JSON writes it, but without quotes, as in the samples of a schema. Nil for composite ones.
  public var scalarText: String? {
    switch value {
    case .integer(_, _, .code(let name, _)): name
    case .integer(let number, _, _): "\(number)"
    case .boolean(let flag): flag ? "true" : "false"
    case .ipv4(let address): "\(address)"
    case .ipv6(let address): "\(address)"
    case .mac(let address): "\(address)"
    case .octets(let octets): hexadecimal(octets)
    case .text(let octets): String(validating: octets, as: UTF8.self) ?? hexadecimal(octets)
    case .date(let date, _, _): "\(date)"
    case .flags(_, let flags): flags.map { $0.name ?? "\($0.bit)" }.joined(separator: " ")
    case .structure, .bits, .array, .list, .choice, .element, .unknownElement: nil
    }
  }

  /// Whether it is a group of bits.
  var isGroup: Bool {
    if case .bits = value { return true }
    return false
  }

  /// Whether the schema names it: a property, a constant, a computed number, or what is derived from those.
  var isNamedMember: Bool {
    switch role {
    case .member, .constant, .computed, .derived: true
    case .reserved, .header, .padding, .trailing, .ignored: false
    }
  }

  /// The child of that name that the schema names, bit fields included.
  package func namedPart(_ name: String) -> WireTree.Node? { children.member(name) }

  /// Whether a condition of the body that the node is holds.
  package func holds(_ condition: WireExpression) -> Bool { Scope(members: children, remaining: 0).holds(condition) }

  /// The child of that name, bit fields included; members go before parts of the header.
  func member(_ name: String) -> WireTree.Node? {
    if let found = children.member(name) { return found }
    return children.first { !$0.isNamedMember && $0.name == name }
  }
}

extension [WireTree.Node] {
  /// The member of that name, bit fields included.
  func member(_ name: String) -> WireTree.Node? {
    guard let place = place(of: name) else { return nil }
    guard let field = place.field else { return self[place.index] }
    return self[place.index].children[field]
  }

  /// Where the member of that name is, and where in it when it is a field of a group of bits.
  func place(of name: String) -> (index: Int, field: Int?)? {
    for index in indices {
      if self[index].isGroup {
        let field = self[index].children.firstIndex { $0.name == name && $0.isNamedMember }
        if let field { return (index, field) }
      } else if self[index].name == name, self[index].isNamedMember {
        return (index, nil)
      }
    }
    return nil
  }

  /// The first element of that name; `self` are the children of a list.
  func element(_ name: String) -> WireTree.Node? {
    first { $0.name == name && $0.isKnownElement }
  }
}

extension WireTree.Node {
  /// Whether it is an element that its list allows.
  var isKnownElement: Bool {
    if case .element = value { return true }
    return false
  }
}
