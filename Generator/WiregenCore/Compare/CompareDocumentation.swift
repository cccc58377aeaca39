// MARK: - What is said to people

extension CompareRun {
  /// What schemas say of things that are called the same in both.
  mutating func compareDocumentation() {
    for (key, left) in old.documentation.sorted(by: { $0.key < $1.key }) {
      guard let right = new.documentation[key] else { continue }
      let place = Place(key, key)
      if left.text != right.text || left.reference != right.reference || left.since != right.since {
        note(place, Aspect("what is said about it is another"))
      }
      if left.deprecated != right.deprecated {
        note(place, Aspect(right.deprecated.map { "it is deprecated: \($0)" } ?? "it is not deprecated any more"))
      }
    }
  }
}
