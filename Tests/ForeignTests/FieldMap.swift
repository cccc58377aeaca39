/// Which of tshark's fields say what members of ours say, for one protocol.
///
/// Paths are those of errors and JSON, but start anew at each element of a list, and have no places in lists and arrays:
/// `iaAddress.address`, `classes[].data`. Parts of an element's header stand behind the list: `options[].code`. A group of bits
/// is called by all of its fields, and what has no name `reserved`, `padding`.
struct FieldMap: Sendable {
  /// By path; several names where tshark has one for each kind of message or list.
  var fields: [String: [String]] = [:]
  /// By path: why tshark has no such field, always or sometimes.
  var lacking: [String: String] = [:]
  /// What tshark makes out of other fields of the same octets, by name: out of which.
  var derived: [String: String] = [:]
  /// What the members of an element without entries of their own are called: by the element's label.
  var ofElement: @Sendable (String) -> [String] = { _ in [] }
  /// By path: tshark shows so many times the number.
  var factors: [String: Int128] = [:]
  /// Octets that are again a message.
  var messages: Set<String> = []
  /// Arrays of labels that tshark shows as one name with dots.
  var domainNames: Set<String> = []
  /// By path: how many octets of length are before a value, and what tshark calls these.
  var prefixes: [String: (size: Int, name: String?)] = [:]
  /// What is known to be wrong with tshark's reading: by the message's name, why it calls that malformed.
  var malformed: [String: String] = [:]
}

extension FieldMap {
  /// Adds the same fields for several elements.
  mutating func add(_ elements: [String], _ members: [String: String]) {
    for element in elements {
      for (member, name) in members { fields["\(element).\(member)", default: []].append(name) }
    }
  }
}
