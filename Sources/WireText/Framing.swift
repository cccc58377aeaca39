import Wire

extension Interpreter {
  /// What the octets of a byte stream say about the message of a direction that they start with.
  ///
  /// - Parameter direction: Index in `definition.directions`.
  /// - Returns: nil when the schema does not say how messages of the direction are framed.
  /// - Throws: `length` when the message's size is out of bounds, or not the multiple that it must be; nothing else is checked.
  public func frame(direction: Int, _ octets: [UInt8]) throws(Violation) -> Frame? {
    let framings = definition.framings
    guard let framing = framings.first(where: { $0.direction == direction }) ?? framings.first(where: { $0.direction == nil })
    else { return nil }
    let body = definition.bodies[framing.header]
    let header = fixedSize(of: body, depth: 0) ?? 0
    guard octets.count >= header else { return .incomplete(needed: header) }
    let nodes = places(of: plan.bodies[framing.header], Array(octets.prefix(header)))
    let size = Scope(members: nodes, remaining: 0).number(framing.size)
    let isMultiple = size.isMultiple(of: Int128(framing.multiple))
    guard Int128(framing.minimum) <= size, size <= Int128(framing.maximum), isMultiple else {
      let offset = nodes.member(framing.sizeMember)?.start ?? 0
      let path = PathStep.text([PathStep(body.name)], framing.sizeMember)
      throw violation(.length, at: offset, path: path, code: framing.code)
    }
    return size <= Int128(octets.count) ? .complete(Int(size)) : .incomplete(needed: Int(size))
  }

  /// The members of a body as far as they are there, whatever their values.
  private func places(of body: BodyPlan, _ octets: [UInt8]) -> [WireTree.Node] {
    var run = DecodingRun(self, octets, mode: .collecting, root: body)
    run.frames = [BodyFrame(body, in: run, purpose: .header, stepCount: 1)]
    // What ends it early leaves the members before that.
    do throws(Stop) { try run.walk() } catch { return run.node.children }
    return run.node.children
  }

  /// Octets of a body that always has as many; nil for others.
  private func fixedSize(of body: BodyDefinition, depth: Int) -> Int? {
    guard depth < 32 else { return nil }
    var total = 0
    for member in body.members {
      var size = member.condition == nil ? member.fixedSize : nil
      if case .structure(let index) = member.kind, member.condition == nil {
        size = fixedSize(of: definition.bodies[index], depth: depth + 1)
      }
      guard let size else { return nil }
      total += size
    }
    return total
  }
}
