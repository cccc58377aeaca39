import WireText

// MARK: - Paths

extension ExpressionChecker {
  func text(_ path: some Sequence<String>) -> String { path.joined(separator: ".") }

  /// How a path is followed.
  enum Way {
    /// To one value, which must be there.
    case one
    /// To one value, which is asked about.
    case asked
    /// To all values.
    case all
  }

  /// Follows a path.
  func target(_ path: [String], _ way: Way, _ syntax: ExpressionSyntax) throws(ExpressionFault) -> ExpressionScope.Target {
    var place = scope.start
    var index = 0
    if let item, path[0] == item.name {
      if path.count == 1 { return try item.value.target(of: path[0], syntax) }
      guard case .body(let body) = item.value else { throw fault(syntax, "'\(path[0])' has no parts") }
      (place, index) = (.body(body), 1)
    }
    while true {
      guard let member = scope.member(named: path[index], in: place) else { throw unknown(path, index, place, syntax) }
      let isLast = index == path.count - 1
      if member.condition != nil, way == .one || way == .asked && !isLast { try require(Array(path[...index]), syntax) }
      if isLast { return .member(member) }
      switch member.kind {
      case .structure(let body): place = try self.place(body, path[...index], syntax)
      case .list(let list):
        let (element, use) = try self.element(path[index + 1], member.name, list, syntax)
        index += 1
        if index == path.count - 1 { return .element(element, use) }
        if way != .all { try checkSingle(path, index, use, syntax) }
        place = try self.place(element.body, path[...index], syntax)
      case .choice(let choice):
        let found = try self.case(path[index + 1], member.name, choice, syntax)
        index += 1
        if index == path.count - 1 { return .case(found) }
        if way != .all { try require(Array(path[...index]), syntax) }
        guard let body = found.body else { throw fault(syntax, "'\(text(path[...index]))' has no members") }
        place = try self.place(body, path[...index], syntax)
      case .array(let shape):
        guard way == .all else {
          throw fault(
            syntax, "'\(text(path[...index]))' is an array; ask all(…), any(…) or their kin about its values")
        }
        guard case .structure(let body) = shape.element.kind else {
          throw fault(syntax, "the values of '\(text(path[...index]))' have no parts")
        }
        place = try self.place(body, path[...index], syntax)
      case .integer, .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text:
        throw fault(syntax, "'\(text(path[...index]))' has no parts")
      }
      index += 1
    }
  }

  /// The members of a body that a path has come to.
  private func place(
    _ body: Int, _ path: ArraySlice<String>, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> ExpressionScope.Place {
    guard scope.world.prepare(body: body) else {
      throw fault(syntax, "'\(text(path))' may contain this body; only rules read what is in it")
    }
    return .body(body)
  }

  private func `case`(
    _ name: String, _ choiceName: String, _ choice: ChoiceShape, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> ChoiceShape.Case {
    if let found = choice.allCases.first(where: { $0.name == name }) { return found }
    let hint = suggestion(for: name, among: choice.allCases.map(\.name))
    throw fault(syntax, "'\(choiceName)' has no case '\(name)'\(hint)")
  }

  private func unknown(
    _ path: [String], _ index: Int, _ place: ExpressionScope.Place, _ syntax: ExpressionSyntax
  ) -> ExpressionFault {
    let name = path[index]
    if scope.isLost(member: name, in: place) { return ExpressionFault(message: "", offset: 0, isEcho: true) }
    let known = scope.names(in: place)
    let hint = suggestion(for: name, among: known)
    if index > 0 { return fault(syntax, "'\(text(path[..<index]))' has no '\(name)'\(hint)") }
    if scope.later.contains(name) {
      return fault(syntax, "'\(name)' comes later; \(use.attribute)= reads what stands before it")
    }
    if scope.derived.contains(name) {
      return fault(syntax, "'\(name)' is derived, and no member; write its test instead")
    }
    if path.count == 1, scope.definition.codes.contains(where: { $0.codes.contains { $0.name == name } }) {
      return fault(syntax, "'\(name)' is a code, which stands beside a member of its type only")
    }
    return fault(syntax, "there is no '\(name)' in this body\(hint)")
  }

  private static let fixedPlaces = "this reads unsigned numbers, codes and bits at a fixed place that are always there"

  /// Before anything has been checked, only what stands at a fixed place of the body itself can be read.
  private func requireFixedPlace(_ path: [String], _ syntax: ExpressionSyntax) throws(ExpressionFault) {
    guard use.readsFixedPlacesOnly, let member = scope.member(named: path[0]) else { return }
    let sizes = Sizes(scope.definition)
    let before = scope.own.prefix { !$0.ownNames.contains(path[0]) }
    guard case .integer(let shape) = member.kind, !shape.isSigned, path.count == 1 || shape.flags != nil,
      use == .early || shape.flags == nil, member.condition == nil, before.allSatisfy({ sizes.fixed($0) != nil })
    else { throw fault(syntax, "'\(text(path))' cannot be read here; \(Self.fixedPlaces)") }
  }

  private func element(
    _ name: String, _ listName: String, _ list: ListShape, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> (FamilyDefinition.Element, ListShape.Allowed) {
    let family = scope.definition.families[list.family]
    let allowed = list.allowed.map { (family.elements[$0.element], $0) }
    if let found = allowed.first(where: { $0.0.name == name }) { return found }
    if scope.isLost(element: name, of: list.family) { throw ExpressionFault(message: "", offset: 0, isEcho: true) }
    let hint = suggestion(for: name, among: allowed.map(\.0.name))
    if family.elements.contains(where: { $0.name == name }) {
      throw fault(syntax, "'\(listName)' does not allow '\(name)'; add <allow tlv=\"\(name)\" occurs=\"0..1\"/>")
    }
    throw fault(syntax, "'\(listName)' has no '\(name)'\(hint)")
  }

  /// A path goes on into an element only when there is at most one, and one for sure.
  private func checkSingle(
    _ path: [String], _ index: Int, _ use: ListShape.Allowed, _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) {
    let prefix = Array(path[...index])
    guard use.maximum == 1 else {
      let often = use.maximum == 0 ? "never occurs" : "may occur more than once; ask all(…), any(…) or their kin"
      throw fault(syntax, "'\(text(prefix))' \(often)")
    }
    if use.minimum == 0 { try require(prefix, syntax) }
  }

  private func require(_ path: [String], _ syntax: ExpressionSyntax) throws(ExpressionFault) {
    guard !present.contains(path) else { return }
    let name = text(path)
    if use == .on { throw fault(syntax, "'\(name)' may be absent; a choice hangs on what is always there") }
    throw fault(syntax, "'\(name)' may be absent; write 'present(\(name)) and …' or 'present(\(name)) implies …'")
  }

  func value(at path: [String], _ syntax: ExpressionSyntax) throws(ExpressionFault) -> Typed {
    try requireFixedPlace(path, syntax)
    if let flag = try flag(at: path, syntax) { return flag }
    switch try target(path, .one, syntax) {
    case .member(let member): return try value(of: member, path, syntax)
    case .element: throw fault(syntax, "'\(text(path))' is an element; ask for present(…), or for a part of it")
    case .case: throw fault(syntax, "'\(text(path))' is a case; ask for present(…), or for a part of it")
    }
  }

  /// A path as it stands in the expression: from the body, or from the value whose turn it is.
  private func reference(_ path: [String]) -> WireExpression { path[0] == item?.name ? .item(path) : .path(path) }

  private func value(of member: Member, _ path: [String], _ syntax: ExpressionSyntax) throws(ExpressionFault) -> Typed {
    let name = text(path)
    switch member.kind {
    case .integer(let shape) where shape.isBoolean: return (.binary(.equal, reference(path), .number(1)), .boolean)
    case .integer(let shape) where shape.flags != nil:
      throw fault(syntax, "'\(text(path))' is a set of bits; name one of them, as \(text(path)).\(firstFlag(of: shape))")
    case .integer where member.isChecksum(over: IntegerShape.ChecksumScope.allCases):
      throw fault(syntax, "'\(text(path))' is a checksum, which expressions do not read")
    case .integer(let shape): return (reference(path), .number(range(of: shape, member), codes: shape.codes))
    case .ipv4: return (reference(path), .address(4))
    case .ipv6: return (reference(path), .address(16))
    case .mac: return (reference(path), .address(6))
    case .text(let shape) where shape.content == .date:
      throw fault(syntax, "'\(text(path))' is a date, which expressions do not read")
    case .octets(let shape): return (reference(path), .octets(count: shape.extent.exactSize))
    case .text(let shape): return (reference(path), .text(count: shape.extent.exactSize))
    case .structure: throw fault(syntax, "'\(text(path))' is a struct; name a member of it")
    case .array, .list: throw fault(syntax, "'\(text(path))' has no single value; use count(…)")
    case .choice: throw fault(syntax, "'\(name)' is a choice; ask for present(\(name).…), or for a part of a case")
    case .bits, .reserved, .reservedRest: throw fault(syntax, "'\(name)' has no value")
    }
  }

  /// A bit of a set, when that is where the path leads.
  private func flag(at path: [String], _ syntax: ExpressionSyntax) throws(ExpressionFault) -> Typed? {
    guard let name = path.last, path.count > 1 else { return nil }
    let set = Array(path.dropLast())
    guard case .member(let member)? = try? target(set, .all, syntax), case .integer(let shape) = member.kind,
      let index = shape.flags
    else { return nil }
    _ = try target(set, .one, syntax)
    let flags = scope.definition.flags[index]
    if let flag = flags.flags.first(where: { $0.name == name }) { return (.flag(set, bit: flag.bit), .boolean) }
    if scope.losses.flags[index]?.contains(name) == true { throw ExpressionFault(message: "", offset: 0, isEcho: true) }
    throw fault(syntax, "\(flags.name) has no '\(name)'\(suggestion(for: name, among: flags.flags.map(\.name)))")
  }

  private func firstFlag(of shape: IntegerShape) -> String {
    shape.flags.flatMap { scope.definition.flags[$0].flags.first?.name } ?? "name"
  }

  /// The values a number can have: those its checks let pass, where they have been made.
  private func range(of shape: IntegerShape, _ member: Member) -> ClosedRange<Int128> {
    let width = shape.widthBounds
    guard use.readsCheckedValues, !member.isWarning else { return width }
    if let constant = shape.constant { return constant...constant }
    var (low, high) = (shape.minimum ?? width.lowerBound, shape.maximum ?? width.upperBound)
    if let index = shape.codes, !scope.definition.codes[index].isOpen {
      let values = scope.definition.codes[index].codes.map { Int128($0.value) }
      low = max(low, values.min() ?? low)
      high = min(high, values.max() ?? high)
    }
    return low <= high ? low...high : width
  }

  func call(
    _ function: String, _ path: [String], _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    let name = text(path)
    if use.readsFixedPlacesOnly { throw fault(syntax, "\(function)(…) has no place here; \(Self.fixedPlaces)") }
    switch (function, try target(path, function == "present" ? .asked : .one, syntax)) {
    case ("present", .element), ("present", .case): return (.present(path), .boolean)
    case ("present", .member(let member)):
      if case .choice = member.kind { throw fault(syntax, "a choice always has a case; ask for one, as present(\(name).…)") }
      guard member.condition != nil, path != item.map({ [$0.name] }) else {
        throw fault(syntax, "'\(name)' is always present; leave present(…) out")
      }
      return (.present(path), .boolean)
    case ("count", .element): return (.count(path), .number(Self.counts, codes: nil))
    case ("count", .member(let member)):
      guard case .array = member.kind else {
        throw fault(syntax, "count(…) is for arrays and elements; '\(name)' is neither")
      }
      return (.count(path), .number(Self.counts, codes: nil))
    case ("size", .member(let member)): return try size(member, path, syntax)
    case (_, .case): throw fault(syntax, "\(function)(…) is for members; '\(name)' is a case")
    default: throw fault(syntax, "\(function)(…) is for octets and text; '\(name)' is an element")
    }
  }

  private func size(
    _ member: Member, _ path: [String], _ syntax: ExpressionSyntax
  ) throws(ExpressionFault) -> Typed {
    if case .fixed(let size)? = member.kind.extent {
      return (.number(Int128(size)), .number(Int128(size)...Int128(size), codes: nil))
    }
    switch member.kind {
    case .octets(let shape): return size(member, shape.minimum, shape.maximum, path)
    case .text(let shape) where shape.content == .date:
      throw fault(syntax, "size(…) is for octets and text; '\(text(path))' is a date")
    case .text(let shape): return size(member, shape.minimum, shape.maximum, path)
    default: throw fault(syntax, "size(…) is for octets and text; '\(text(path))' is neither")
    }
  }

  private func size(
    _ member: Member, _ minimum: Int, _ maximum: Int?, _ path: [String]
  ) -> Typed {
    let isBounded = use.readsCheckedValues && !member.isWarning
    let (low, high) = (Int128(minimum), maximum.map { Int128($0) } ?? Self.counts.upperBound)
    return (.size(path), .number(isBounded && low <= high ? low...high : Self.counts, codes: nil))
  }
}

extension Extent {
  /// Octets of a value that always has as many.
  fileprivate var exactSize: Int? {
    if case .fixed(let size) = self { return size }
    return nil
  }
}
