/// A transaction: elements that go and elements that come.
struct RulesetScript: Sendable {
  private var deleted: [RulesetElement] = []
  private var added: [RulesetElement] = []

  /// The way from what a mapping had in the table to what it is to have.
  mutating func change(from old: [RulesetElement], to new: [RulesetElement]) {
    let (before, after) = (Set(old), Set(new))
    deleted += old.filter { !after.contains($0) }
    added += new.filter { !before.contains($0) }
  }

  var isEmpty: Bool { deleted.isEmpty && added.isEmpty }

  /// For `nft -f`. What goes goes first, since another may come in its place.
  func text(table: String) -> String {
    let statements =
      grouped(deleted).map { statement("delete", $0, $1.map(\.key), table) }
      + grouped(added).map { name, elements in
        statement("add", name, elements.map(\.text), table)
      }
    return statements.joined()
  }

  /// What goes, each by a transaction of its own: for what may be gone already.
  func singleDeletions(table: String) -> [String] { deleted.map { statement("delete", $0.set, [$0.key], table) } }

  private func statement(_ verb: String, _ set: SetName, _ elements: [String], _ table: String) -> String {
    "\(verb) element inet \(table) \(set.text) { \(elements.joined(separator: ", ")) }\n"
  }

  /// By set, in the order in which sets are first met.
  private func grouped(_ elements: [RulesetElement]) -> [(SetName, [RulesetElement])] {
    var order: [SetName] = []
    var groups: [SetName: [RulesetElement]] = [:]
    for element in elements {
      if groups[element.set] == nil { order.append(element.set) }
      groups[element.set, default: []].append(element)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }
}
