/// Comments that accept findings, each with its reason:
///
///     <!-- lint: accept unused because servers decode it before anything else -->
///
/// Such a comment stands before the element it is about, or in it, before its `<doc>` or behind its last child.
struct LintAcceptances {
  private let file: String
  private var acceptances: [Acceptance] = []
  /// What is wrong with comments that are no acceptances, though they start like one.
  private var faults: [LintFinding] = []

  private struct Place: Hashable {
    var line: Int
    var column: Int
  }

  private struct Acceptance {
    var check: LintCheck
    var position: SourcePosition
    /// Where the elements are that it is about: one, and all in it.
    var places: Set<Place>
  }

  init(_ tree: MarkupTree, file: String) {
    self.file = file
    read(tree.items, in: nil)
  }

  /// The findings that are not accepted, and what is wrong with acceptances.
  func remaining(_ findings: [LintRun.Found]) -> [LintFinding] {
    var used = Array(repeating: false, count: acceptances.count)
    let rest = findings.filter { found in
      let place = Place(line: found.node.line, column: found.node.column)
      var isAccepted = false
      for (index, acceptance) in acceptances.enumerated()
      where acceptance.check == found.finding.check && acceptance.places.contains(place) {
        (used[index], isAccepted) = (true, true)
      }
      return !isAccepted
    }
    let idle = zip(acceptances, used).filter { !$0.1 }.map { acceptance, _ in
      LintFinding(
        position: acceptance.position, check: .acceptance,
        message: "there is no finding '\(acceptance.check.rawValue)' here to accept; leave the comment out")
    }
    return rest.map(\.finding) + faults + idle
  }

  private mutating func read(_ items: [MarkupItem], in parent: MarkupElement?) {
    for (index, item) in items.enumerated() {
      if let words = item.comment { read(words, item, target: Self.target(items[(index + 1)...], parent)) }
      if let element = item.element { read(element.items, in: element) }
    }
  }

  /// What a comment is about: the element that follows it, if it is not a `<doc>`, else the one it stands in.
  private static func target(_ following: ArraySlice<MarkupItem>, _ parent: MarkupElement?) -> MarkupElement? {
    let next = following.lazy.compactMap(\.element).first
    return next.map { $0.name == "doc" || $0.name.hasSuffix(":doc") ? parent : $0 } ?? parent
  }

  private mutating func read(_ text: Substring, _ item: MarkupItem, target: MarkupElement?) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard let first = words.first, first == "lint:" || first.hasPrefix("lint:") else { return }
    let position = SourcePosition(file: file, line: item.line, column: item.column)
    func refuse(_ message: String) {
      faults.append(LintFinding(position: position, check: .acceptance, message: message))
    }
    let form = "<!-- lint: accept CHECK because REASON -->"
    guard first == "lint:", words.count > 2, words[1] == "accept" else { return refuse("this accepts nothing; write \(form)") }
    let known = LintCheck.allCases.filter { $0 != .acceptance }
    guard let check = known.first(where: { $0.rawValue == words[2] }) else {
      return refuse(
        "there is no check '\(words[2])'\(suggestion(for: String(words[2]), among: known.map(\.rawValue))); the checks are "
          + known.map(\.rawValue).joined(separator: " "))
    }
    guard words.count > 4, words[3] == "because" else { return refuse("the reason is missing; write \(form)") }
    guard let target else { return refuse("this is about nothing; put it before an element, or into one") }
    var places: Set<Place> = []
    Self.gather(target, &places)
    acceptances.append(Acceptance(check: check, position: position, places: places))
  }

  private static func gather(_ element: MarkupElement, _ places: inout Set<Place>) {
    places.insert(Place(line: element.line, column: element.column))
    for case let inner? in element.items.map(\.element) { gather(inner, &places) }
  }
}
