import WireText

// MARK: - Codes

extension CompareRun {
  mutating func compareAllCodes() {
    let tags = (old: Set(before.families.map(\.codes)), new: Set(after.families.map(\.codes)))
    for (index, codes) in before.codes.enumerated() where !tags.old.contains(index) {
      if let partner = pairing.codes.newOfOld[index] {
        compareCodes(index, partner)
      } else {
        note(Place(codes.name, after.name), Aspect("these codes are gone", [.source]))
      }
    }
    for (index, codes) in after.codes.enumerated() where !tags.new.contains(index) && pairing.codes.oldOfNew[index] == nil {
      note(Place(before.name, codes.name), Aspect("new codes"), subject: codes.name)
    }
  }

  private mutating func compareCodes(_ left: Int, _ right: Int) {
    let (first, second) = (before.codes[left], after.codes[right])
    let place = Place(first.name, second.name)
    if first.name != second.name { note(place, Aspect("the type is called '\(second.name)' instead", [.source])) }
    note(place, width(first.bits, second.bits))
    note(place, openness(first.isOpen, second.isOpen, "codes", hasType: true))
    let names = NumberNames(
      old: first.codes.map { .init($0.name, $0.value, $0.label) }, new: second.codes.map { .init($0.name, $0.value, $0.label) },
      oldRanges: first.ranges, newRanges: second.ranges, isOpen: first.isOpen && second.isOpen,
      isClosed: !first.isOpen && !second.isOpen, isFlags: false)
    compareNames(names, place)
    compareRanges(first.ranges, second.ranges, names, place)
    compareClasses(old.classifications[left], new.classifications[right], place)
  }

  func width(_ old: Int, _ new: Int) -> [Aspect] {
    guard old != new else { return [] }
    let isOther = storageType(bits: old) != storageType(bits: new)
    return [Aspect("\(old) bits become \(new)", isOther ? [.wire, .source] : [.wire])]
  }

  private func openness(_ old: Bool, _ new: Bool, _ noun: String, hasType: Bool) -> [Aspect] {
    guard old != new else { return [] }
    let more: Set<CompatClass> = hasType ? [.source] : []
    return [
      new
        ? .check("closed \(noun) become open", .looser, more) : .check("open \(noun) become closed", .stricter, more)
    ]
  }

  private mutating func compareClasses(
    _ left: ResolvedSchema.Classification?, _ right: ResolvedSchema.Classification?, _ place: Place
  ) {
    guard let left else {
      if let right { note(place, Aspect("the codes are sorted into '\(right.name)' now")) }
      return
    }
    guard let right else { return note(place, Aspect("'\(left.name)', which sorted the codes, is gone", [.source])) }
    if left.name != right.name { note(place, Aspect("'\(left.name)' is called '\(right.name)' instead", [.source])) }
    let (lost, found) = (left.classes.filter { !right.classes.contains($0) }, right.classes.filter { !left.classes.contains($0) })
    for name in lost { note(place, Aspect("the class '\(name)' is gone", [.source])) }
    for name in found { note(place, Aspect("a new class '\(name)', which switches over all lack", [.source])) }
    if lost.isEmpty, found.isEmpty, left.classes != right.classes { note(place, Aspect("the classes come in another order")) }
    for (code, name) in left.members.sorted(by: { $0.key < $1.key }) where right.members[code] != name {
      note(place.part(code), Aspect("the class '\(name)' becomes \(right.members[code].map { "'\($0)'" } ?? "none")"))
    }
    for (code, name) in right.members.sorted(by: { $0.key < $1.key }) where left.members[code] == nil {
      note(place.part(code), Aspect("the class is '\(name)' now"))
    }
  }
}

// MARK: - Flags

extension CompareRun {
  mutating func compareAllFlags() {
    for (index, flags) in before.flags.enumerated() {
      if let partner = pairing.flags.newOfOld[index] {
        compareFlags(flags, after.flags[partner])
      } else {
        note(Place(flags.name, after.name), Aspect("these flags are gone", [.source]))
      }
    }
    for (index, flags) in after.flags.enumerated() where pairing.flags.oldOfNew[index] == nil {
      note(Place(before.name, flags.name), Aspect("new flags"), subject: flags.name)
    }
  }

  private mutating func compareFlags(_ first: FlagsDefinition, _ second: FlagsDefinition) {
    let place = Place(first.name, second.name)
    if first.name != second.name { note(place, Aspect("the type is called '\(second.name)' instead", [.source])) }
    note(place, width(first.bits, second.bits))
    note(place, openness(first.isOpen, second.isOpen, "flags", hasType: false))
    let names = NumberNames(
      old: first.flags.map { .init($0.name, UInt64($0.bit), $0.label) },
      new: second.flags.map { .init($0.name, UInt64($0.bit), $0.label) }, oldRanges: first.ranges, newRanges: second.ranges,
      isOpen: first.isOpen && second.isOpen, isClosed: !first.isOpen && !second.isOpen, isFlags: true)
    compareNames(names, place)
    compareRanges(first.ranges, second.ranges, names, place)
  }
}

// MARK: - Names of numbers

/// Two versions of numbers with names: codes, or the bits of flags.
struct NumberNames {
  struct Entry {
    var name: String
    var number: UInt64
    var label: String

    init(_ name: String, _ number: UInt64, _ label: String) { (self.name, self.number, self.label) = (name, number, label) }
  }

  var old: [Entry]
  var new: [Entry]
  var oldRanges: [CodesDefinition.CodeRange]
  var newRanges: [CodesDefinition.CodeRange]
  /// Both versions are open, or closed.
  var isOpen: Bool
  var isClosed: Bool
  var isFlags: Bool

  var noun: String { isFlags ? "flag" : "code" }
  var number: String { isFlags ? "bit" : "number" }

  /// Those of one name, then those of one number that have no namesake.
  var pairs: IndexPairs {
    var pairs = IndexPairs()
    let names = Dictionary(new.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let numbers = Dictionary(new.enumerated().map { ($1.number, $0) }) { first, _ in first }
    for (left, entry) in old.enumerated() { if let right = names[entry.name] { pairs.pair(left, right) } }
    for (left, entry) in old.enumerated() where pairs.newOfOld[left] == nil {
      if let right = numbers[entry.number] { pairs.pair(left, right) }
    }
    return pairs
  }

  static func isRetired(_ number: UInt64, in ranges: [CodesDefinition.CodeRange]) -> Bool {
    ranges.contains { $0.use == "retired" && $0.first <= number && number <= $0.last }
  }

  /// Whether a number is left without a name in the new version, and could be given another one by mistake.
  func isLeft(_ number: UInt64) -> Bool {
    !new.contains { $0.number == number } && !Self.isRetired(number, in: newRanges)
  }
}

extension CompareRun {
  mutating func compareNames(_ names: NumberNames, _ place: Place) {
    let pairs = names.pairs
    for (left, right) in pairs.sorted { compare(names.old[left], names.new[right], names, place) }
    for (left, entry) in names.old.enumerated() where pairs.newOfOld[left] == nil {
      var aspect = Aspect("the \(names.noun), \(entry.number), is gone", [.source, .text])
      if names.isClosed { (aspect.effect, aspect.classes) = (.stricter, aspect.classes.union([.validation])) }
      note(Place("\(place.old).\(entry.name)", place.new), aspect)
      noteLeft(entry.number, names, Place("\(place.old).\(entry.name)", place.new))
    }
    for (right, entry) in names.new.enumerated() where pairs.oldOfNew[right] == nil {
      let part = Place(place.old, "\(place.new).\(entry.name)")
      let subject = "\(place.new).\(entry.name)"
      var aspect = Aspect("a new \(names.noun), \(entry.number)", names.isFlags ? [] : [.source])
      if names.isOpen { aspect.classes.insert(.text) }
      if names.isClosed { (aspect.effect, aspect.classes) = (.looser, aspect.classes.union([.validation])) }
      note(part, aspect, subject: subject)
      noteReuse(entry.number, names, part, subject: subject)
    }
  }

  private mutating func compare(_ first: NumberNames.Entry, _ second: NumberNames.Entry, _ names: NumberNames, _ place: Place) {
    let part = place.part(first.name, second.name)
    if first.name != second.name {
      note(part, Aspect("the \(names.noun) is called '\(second.name)' instead", [.source, .text]))
    }
    if first.number != second.number {
      var aspect = Aspect("the \(names.number) \(first.number) becomes \(second.number)", [.wire])
      if names.isClosed { (aspect.effect, aspect.classes) = (.either, [.wire, .validation]) }
      note(part, aspect)
      noteLeft(first.number, names, part)
      noteReuse(second.number, names, part, subject: nil)
    }
    let isName = first.label == first.name && second.label == second.name
    if first.label != second.label, !isName { note(part, Aspect("the label '\(first.label)' becomes '\(second.label)'")) }
  }

  /// A number that has lost its name and is not kept from being given another.
  func leftAspect(_ number: UInt64, _ noun: String) -> Aspect {
    Aspect("the \(noun) \(number) has no meaning any more; put it into a <range use=\"retired\">", [.retired])
  }

  func reuseAspect(_ number: UInt64, _ noun: String) -> Aspect {
    Aspect("the \(noun) \(number) is retired and cannot be used again; give a free one", [.retired], isError: true)
  }

  private mutating func noteLeft(_ number: UInt64, _ names: NumberNames, _ place: Place) {
    if names.isLeft(number) { note(place, leftAspect(number, names.number)) }
  }

  private mutating func noteReuse(_ number: UInt64, _ names: NumberNames, _ place: Place, subject: String?) {
    if NumberNames.isRetired(number, in: names.oldRanges) { note(place, reuseAspect(number, names.number), subject: subject) }
  }

  /// Ranges change nothing in decoding; what was retired must stay so.
  mutating func compareRanges(
    _ old: [CodesDefinition.CodeRange], _ new: [CodesDefinition.CodeRange], _ names: NumberNames, _ place: Place
  ) {
    var found = new.filter { !old.contains($0) }
    for range in old where !new.contains(range) {
      let partner = found.firstIndex { $0.first <= range.last && range.first <= $0.last }.map { found.remove(at: $0) }
      let part = place.part("range.\(range.first)", "range.\(partner?.first ?? range.first)")
      let words = partner.map { "becomes \($0.text)" } ?? "is gone"
      note(part, Aspect("the range \(range.text) \(words)"), subject: place.old)
      guard range.use == "retired", let free = Self.firstFree(in: range, names) else { continue }
      note(part, Aspect("the \(names.number) \(free) is not retired any more", [.retired]), subject: place.old)
    }
    for range in found {
      note(place.part("range.\(range.first)"), Aspect("a new range, \(range.text)"), subject: place.old)
    }
    if old != new, Set(old) == Set(new) { note(place, Aspect("the ranges come in another order")) }
  }

  /// The first number of a range of the old version that is neither retired nor used in the new one.
  private static func firstFree(in range: CodesDefinition.CodeRange, _ names: NumberNames) -> UInt64? {
    let taken =
      names.newRanges.filter { $0.use == "retired" }.map { ($0.first, $0.last) } + names.new.map { ($0.number, $0.number) }
    var number = range.first
    for (first, last) in taken.sorted(by: { $0.0 < $1.0 }) where first <= number && number <= last {
      guard last < range.last else { return nil }
      number = last + 1
    }
    return number <= range.last ? number : nil
  }
}

extension CodesDefinition.CodeRange {
  fileprivate var text: String { first == last ? "\(first) (\(use))" : "\(first) to \(last) (\(use))" }
}
