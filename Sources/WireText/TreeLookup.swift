extension WireTree {
  /// The node at a path after the message's name, as errors print it: `options[2].filter.prefixLength`.
  ///
  /// A list step without an index leads to the first element of the name that follows: `options.filter`.
  /// Nil when there is none, or when the path is not one.
  public func node(at path: String) -> Node? {
    var steps: [PathStep] = []
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      guard let step = PathStep(parsing: part) else { return nil }
      steps.append(step)
    }
    return root.find(steps[...])
  }

  /// The value at a path after the message's name; nil when there is none.
  public func value(at path: String) -> Value? { node(at: path)?.value }
}

/// One step of a path: a name, and the place in a list or array.
struct PathStep: Sendable, Hashable {
  var name: String
  var index: Int?

  init(_ name: String, _ index: Int? = nil) {
    self.name = name
    self.index = index
  }

  /// `options` or `options[2]`; nil for anything else.
  init?(parsing text: Substring) {
    guard let bracket = text.firstIndex(of: "[") else {
      guard !text.isEmpty else { return nil }
      self.init(String(text))
      return
    }
    let number = text[bracket...].dropFirst().dropLast()
    guard text.last == "]", bracket > text.startIndex, let index = Int(number), index >= 0 else { return nil }
    self.init(String(text[..<bracket]), index)
  }

  /// Steps, and the name of a member below them, as `WirePath` prints them.
  ///
  /// - Parameter isWhole: whether all of them are wanted, where `WirePath` has the first seven and the last.
  static func text(_ steps: [PathStep], _ last: String = "", isWhole: Bool = false) -> String {
    var parts = steps.map { step in step.index.map { "\(step.name)[\($0)]" } ?? step.name }
    parts += last.split(separator: ".").map(String.init)
    return isWhole ? parts.joined(separator: ".") : abbreviated(parts)
  }

  /// The first seven steps and the last.
  static func abbreviated(_ steps: [String]) -> String {
    guard steps.count > 8 else { return steps.joined(separator: ".") }
    return (steps.prefix(7) + ["…"] + steps.suffix(1)).joined(separator: ".")
  }
}

extension WireTree.Node {
  fileprivate func find(_ steps: ArraySlice<PathStep>) -> WireTree.Node? {
    guard let step = steps.first else { return self }
    let rest = steps.dropFirst()
    if case .list = value {
      return step.index == nil ? children.element(step.name)?.find(rest) : nil
    }
    guard let child = member(step.name) else { return nil }
    guard let index = step.index else { return child.find(rest) }
    guard index < child.children.count else { return nil }
    let item = child.children[index]
    if case .list = child.value { return item.findInElement(rest) }
    return item.find(rest)
  }

  /// Below an index in a list stands the element's name, or the name of a part of its header.
  private func findInElement(_ steps: ArraySlice<PathStep>) -> WireTree.Node? {
    guard let step = steps.first else { return self }
    if step == PathStep(name) { return find(steps.dropFirst()) }
    let part = children.first { !$0.isNamedMember && $0.name == step.name } ?? children.member(step.name)
    return part?.find(steps.dropFirst())
  }
}
