import WireText

/// An array of a struct, or a list: how bodies can contain each other without end.
struct Containment {
  /// Index of the body that has it, and of those it holds.
  var owner: Int
  var parts: [Int]
  /// Of a list.
  var family: Int?
  var node: Node
}

extension Resolver {
  /// Most structs and families that say maxDepth=.
  private static let maximumRecursions = 16

  /// What arrays ask of their structs.
  func checkArrays() {
    for array in containments where array.family == nil {
      let index = array.parts[0]
      guard losses.members[index] == nil else { continue }
      let name = definition.bodies[index].name
      refuseLostChecksum(index, array.node, "of")
      if sizes.minimum(ofBody: index) == 0 {
        diagnostics.error(array.node.position(of: "of"), "'\(name)' may have no octets at all; an array of it has no end")
      } else if sizes.takesTheRest(body: index) {
        diagnostics.error(
          array.node.position(of: "of"), "'\(name)' takes all that is left of its container; there is never a second one")
      }
    }
  }

  /// Bodies that contain themselves say how deep they may; all others have an end, and not too far down.
  func checkRecursion() {
    let edges = containmentsByOwner()
    refuseEndless(edges)
    refuseIdleDepths(edges)
    let recursive =
      definition.bodies.indices.filter { definition.bodies[$0].maximumDepth != nil }.map { definition.bodies[$0].name }
      + definition.families.filter { $0.maximumDepth != nil }.map(\.name)
    if recursive.count > Self.maximumRecursions, let node = types[recursive[Self.maximumRecursions]]?.node {
      diagnostics.error(
        node.position(of: "maxDepth"),
        "more than \(Self.maximumRecursions) structs and families contain themselves; a protocol has no more")
    }
  }

  /// A way from a body to those in it.
  private struct Edge {
    var parts: [Int]
    var containment: Containment?
    /// Whether how deep it may go is said.
    var isBounded: Bool
  }

  private func containmentsByOwner() -> [[Edge]] {
    var edges: [[Edge]] = definition.bodies.indices.map { index in
      let direct = definition.bodies[index].members.flatMap { member -> [Int] in
        switch member.kind {
        case .structure(let body): [body]
        case .choice(let shape): shape.allCases.compactMap(\.body)
        default: []
        }
      }
      return direct.map { Edge(parts: [$0], containment: nil, isBounded: definition.bodies[$0].maximumDepth != nil) }
    }
    for containment in containments {
      let depth =
        containment.family.map { definition.families[$0].maximumDepth } ?? definition.bodies[containment.parts[0]].maximumDepth
      edges[containment.owner].append(Edge(parts: containment.parts, containment: containment, isBounded: depth != nil))
    }
    return edges
  }

  /// Goes through all bodies depth first, without recursion, and says where a way leads back to where it came from.
  private func refuseEndless(_ edges: [[Edge]]) {
    let ways = edges.map { $0.filter { !$0.isBounded }.flatMap { edge in edge.parts.map { (edge: edge, part: $0) } } }
    var depths = [Int](repeating: 0, count: edges.count)
    var isDone = [Bool](repeating: false, count: edges.count)
    for start in edges.indices where !isDone[start] {
      var path: [Step] = [Step(body: start, edge: nil)]
      var isOpen: Set = [start]
      while var step = path.popLast() {
        guard step.next < ways[step.body].count else {
          finish(step, ways[step.body].map { depths[$0.part] }, &depths, &isDone)
          isOpen.remove(step.body)
          continue
        }
        let (edge, part) = ways[step.body][step.next]
        step.next += 1
        path.append(step)
        if isOpen.contains(part) {
          refuseCycle(path.drop { $0.body != part }.dropFirst().compactMap(\.edge) + [edge])
        } else if !isDone[part] {
          isOpen.insert(part)
          path.append(Step(body: part, edge: edge))
        }
      }
    }
  }

  private struct Step {
    var body: Int
    /// How it was come to.
    var edge: Edge?
    /// Which of its ways is next.
    var next = 0
  }

  /// Notes how deep what is in a body goes, and says so once when that is too deep.
  private func finish(_ step: Step, _ inner: [Int], _ depths: inout [Int], _ isDone: inout [Bool]) {
    isDone[step.body] = true
    depths[step.body] = 1 + (inner.max() ?? 0)
    guard depths[step.body] == Self.maximumNesting + 1, losses.members[step.body] == nil,
      let node = types[definition.bodies[step.body].name]?.node
    else { return }
    diagnostics.error(node.position, "structs and elements are nested deeper than \(Self.maximumNesting) here")
  }

  private func refuseCycle(_ edges: [Edge]) {
    guard let containment = edges.lazy.compactMap(\.containment).first else { return }
    let name = containment.family.map { definition.families[$0].name } ?? definition.bodies[containment.parts[0]].name
    let element = containment.family == nil ? "struct" : "tlvs"
    let what = containment.family == nil ? "'\(name)' contains itself" : "elements of '\(name)' contain lists of it"
    diagnostics.error(
      containment.node.position(of: "of"), "\(what); say how deep that may go with maxDepth= on <\(element) name=\"\(name)\">")
  }

  /// A maxDepth= where nothing contains itself.
  private func refuseIdleDepths(_ edges: [[Edge]]) {
    for index in definition.bodies.indices where definition.bodies[index].maximumDepth != nil {
      if losses.members[index] == nil, !reaches(from: [index], edges, { $0.parts.contains(index) }) {
        refuseIdleDepth(definition.bodies[index].name)
      }
    }
    for index in definition.families.indices where definition.families[index].maximumDepth != nil {
      let bodies = definition.families[index].elements.map(\.body)
      if losses.elements[index] == nil, bodies.allSatisfy({ losses.members[$0] == nil }),
        !reaches(from: bodies, edges, { $0.containment?.family == index })
      {
        refuseIdleDepth(definition.families[index].name)
      }
    }
  }

  private func refuseIdleDepth(_ name: String) {
    guard let node = types[name]?.node else { return }
    diagnostics.error(
      node.position(of: "maxDepth"), "'maxDepth' means nothing on '\(name)', which never contains itself; leave it out")
  }

  private func reaches(from start: [Int], _ edges: [[Edge]], _ isIt: (Edge) -> Bool) -> Bool {
    var seen = Set(start)
    var open = start
    while let body = open.popLast() {
      for edge in edges[body] {
        if isIt(edge) { return true }
        open += edge.parts.filter { seen.insert($0).inserted }
      }
    }
    return false
  }
}
