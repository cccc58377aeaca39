import WireText

/// A step to a part of a value.
enum SampleStep: Hashable {
  case member(String)
  case item(Int)
  case element(Int)
}

/// A part of the value of a body: where it is, and what the schema says of it.
struct SampleSite {
  var place: [SampleStep] = []
  var kind: Kind

  enum Kind {
    /// Index in `ProtocolDefinition.bodies`.
    case body(Int)
    /// A member that is no structure, with the index of the body that it is in.
    case member(Member, of: Int)
  }

  /// The member that it is; nil for bodies.
  var member: (Member, body: Int)? {
    if case .member(let member, let body) = kind { return (member, body) }
    return nil
  }
}

extension ProtocolDefinition {
  /// What the parts of a site are that have a name: members, elements of a list, the case of a choice.
  ///
  /// - Parameter expands: whether of an array its values are meant.
  func parts(of site: SampleSite, named name: String, in value: WireValue, expands: Bool) -> [SampleSite] {
    switch site.kind {
    case .body(let index):
      guard let member = bodies[index].anyMember(named: name) else { return [] }
      let part = SampleSite(place: site.place + [.member(name)], kind: kind(of: member, in: index))
      guard expands, case .array = member.kind else { return [part] }
      return items(of: part, in: value)
    case .member(let member, _):
      switch member.kind {
      case .list(let shape):
        guard case .list(let elements)? = value.part(at: site.place), let body = body(ofElement: name, shape) else { return [] }
        return elements.indices.filter { elements[$0].name == name }
          .map { SampleSite(place: site.place + [.element($0)], kind: .body(body)) }
      case .choice(let shape):
        guard value.part(at: site.place)?[name] != nil, let body = shape.allCases.first(where: { $0.name == name })?.body
        else { return [] }
        return [SampleSite(place: site.place + [.member(name)], kind: .body(body))]
      default: return []
      }
    }
  }

  func items(of site: SampleSite, in value: WireValue) -> [SampleSite] {
    guard let (member, body) = site.member, case .array(let shape) = member.kind,
      case .array(let items)? = value.part(at: site.place)
    else { return [] }
    return items.indices.map {
      SampleSite(place: site.place + [.item($0)], kind: kind(of: shape.element, in: body))
    }
  }

  func kind(of member: Member, in body: Int) -> SampleSite.Kind {
    if case .structure(let index) = member.kind { return .body(index) }
    return .member(member, of: body)
  }

  func body(ofElement name: String, _ shape: ListShape) -> Int? {
    families[shape.family].elements.first { $0.name == name }?.body
  }

  /// Where a body is in the value of another one.
  func places(of wanted: Int, in value: WireValue, of root: Int) -> [[SampleStep]] {
    places(ofBodiesIn: value, of: root).filter { $0.body == wanted }.map(\.place)
  }

  /// Where there are bodies in the value of one, itself among them; each comes before what is in it.
  func places(ofBodiesIn value: WireValue, of root: Int) -> [(place: [SampleStep], body: Int)] {
    var found: [(place: [SampleStep], body: Int)] = []
    var open = [SampleSite(kind: .body(root))]
    while let site = open.popLast() {
      switch site.kind {
      case .body(let index):
        found.append((site.place, index))
        for name in bodies[index].members.map(\.name) where !name.isEmpty && value.part(at: site.place)?[name] != nil {
          open += parts(of: site, named: name, in: value, expands: true)
        }
      case .member(let member, _):
        switch member.kind {
        case .list(let shape):
          guard case .list(let elements)? = value.part(at: site.place) else { continue }
          for name in Set(elements.compactMap(\.name)).sorted() where body(ofElement: name, shape) != nil {
            open += parts(of: site, named: name, in: value, expands: false)
          }
        case .choice:
          for name in (value.part(at: site.place)?.fields ?? []).map(\.name) {
            open += parts(of: site, named: name, in: value, expands: false)
          }
        default: break
        }
      }
    }
    return found
  }
}

extension WireValue {
  func part(at place: [SampleStep]) -> WireValue? { part(at: place[...]) }

  private func part(at place: ArraySlice<SampleStep>) -> WireValue? {
    guard let step = place.first else { return self }
    let rest = place.dropFirst()
    switch (step, self) {
    case (.member(let name), _): return self[name]?.part(at: rest)
    case (.item(let index), .array(let items)): return items.indices.contains(index) ? items[index].part(at: rest) : nil
    case (.element(let index), .list(let elements)):
      guard elements.indices.contains(index), case .known(_, let inner) = elements[index] else { return nil }
      return inner.part(at: rest)
    default: return nil
    }
  }

  /// The value with another one at a place; without it when that is nil. The same when there is no such place.
  func replacing(at place: [SampleStep], with part: WireValue?) -> WireValue { replacing(at: place[...], with: part) }

  private func replacing(at place: ArraySlice<SampleStep>, with part: WireValue?) -> WireValue {
    guard let step = place.first else { return part ?? self }
    let rest = place.dropFirst()
    switch (step, self) {
    case (.member(let name), .structure):
      var copy = self
      copy[name] = rest.isEmpty ? part : self[name]?.replacing(at: rest, with: part)
      return copy
    case (.item(let index), .array(var items)) where items.indices.contains(index):
      if rest.isEmpty, part == nil {
        items.remove(at: index)
      } else {
        items[index] = items[index].replacing(at: rest, with: part)
      }
      return .array(items)
    case (.element(let index), .list(var elements)) where elements.indices.contains(index):
      guard case .known(let name, let inner) = elements[index] else { return self }
      if rest.isEmpty, part == nil {
        elements.remove(at: index)
      } else {
        elements[index] = .known(name: name, inner.replacing(at: rest, with: part))
      }
      return .list(elements)
    default: return self
    }
  }
}
