import WireText

/// What one generated type looks like, and where its parts are: all that rendering needs to know.
struct BodyPlan {
  /// Index in `definition.bodies`.
  var index: Int
  /// Name of the Swift type, which is the schema's.
  var name: String
  var members: [MemberPlan]
  var rules: [RuleDefinition]
  var derived: [DerivedDefinition]
  var message: MessageTraits?
  /// Where the body's members end.
  var end: Place
  /// Protocol code of octets left over.
  var trailingCode: UInt64?
  /// Protocol code of members that do not fit.
  var code: UInt64?
  /// A length among its members says where its container ends.
  var limitsContainer: Bool
  /// Walking and writing it takes the message it is in.
  var isMessageBound: Bool

  /// Octets of the body when they are always as many, and no length says otherwise.
  var fixedSize: Int? { end.base == nil && !limitsContainer ? end.plus : nil }

  /// Whether all parts are at fixed places, so that no layout has to be kept.
  var isFixed: Bool { fixedSize != nil }

  /// The members a program sets.
  var properties: [PropertyPlan] { members.flatMap(\.properties) }

  func member(_ name: String) -> MemberPlan? { members.first { $0.member.name == name } }
}

/// A place in a body: so many octets behind its start, or behind the end of an earlier member of varying size.
struct Place: Equatable {
  /// The layout's field that holds the place `plus` is counted from; nil for the body's start.
  var base: String?
  var plus: Int

  func moved(by octets: Int) -> Place { Place(base: base, plus: plus + octets) }

  /// As Swift, relative to the body's start.
  var text: String { text(in: "layout") }

  /// - Parameter layout: the variable that holds the body's layout.
  func text(in layout: String) -> String {
    guard let base else { return "\(plus)" }
    return plus == 0 ? "\(layout).\(base)" : "\(layout).\(base) &+ \(plus)"
  }
}

/// One member with its place.
struct MemberPlan {
  var member: Member
  var place: Place
  /// Octets, when they are always as many and the member is always there.
  var fixedSize: Int?
  var properties: [PropertyPlan]
  /// What a fixed member without checks contributes to a run: itself, or the parts of a struct with dotted names.
  var isPlain: Bool

  /// The layout's field that holds where the member ends, when that varies.
  var endField: String { "\(stem)End" }
  /// The layout's field that says whether an optional member is there.
  var presenceField: String { "has\(SwiftName.upper(stem))" }
  /// The layout's field that says how many values an array has.
  var countField: String { "\(stem)Count" }
  /// The layout's field that says which case of a choice it is.
  var caseField: String { "\(stem)Case" }
  var isOptional: Bool { member.condition != nil }
  /// What variables about the member start with; reserved octets up to the end have no name of their own.
  var stem: String { member.name.isEmpty ? "reserved" : member.name }

  /// Where the member ends, as Swift relative to the body's start.
  var end: String { end(in: "layout") }

  /// - Parameter layout: the variable that holds the body's layout.
  func end(in layout: String) -> String {
    fixedSize.map { place.moved(by: $0).text(in: layout) } ?? "\(layout).\(endField)"
  }
}

/// A property of a generated type.
struct PropertyPlan {
  /// The schema's name.
  var name: String
  /// The name as a Swift identifier, escaped where it must be.
  var identifier: String
  /// The Swift type, with `?` when optional.
  var type: String
  /// As Swift; nil when the initialiser must be given a value.
  var defaultValue: String?
  var member: Member
  /// How far a bit field's lowest bit is above its group's lowest; nil outside of groups.
  var shift: Int?
}
