import Wire

/// Takes a JSON value part by part, in the order of its text.
protocol JSONSink {
  /// Begins an object, whose parts are a key and a value each.
  mutating func openObject()
  mutating func openArray()
  /// Ends the innermost object or array.
  mutating func close()
  /// The key of the value that follows, in an object.
  mutating func key(_ key: String)
  mutating func key(_ key: JSONKey)
  mutating func null()
  mutating func boolean(_ flag: Bool)
  mutating func integer(_ number: Int128)
  /// A number as written.
  mutating func decimal(_ number: String)
  mutating func string(_ string: String)
  /// A string of ASCII characters that need no escape: what `write` appends.
  mutating func string(_ write: (inout [UInt8]) -> Void)
}

extension JSONSink {
  /// The name of what follows, as its key.
  mutating func key(_ naming: Naming) {
    if let key = naming.key { self.key(key) } else { key(naming.name) }
  }
}

/// A key that is written again and again.
package struct JSONKey: Sendable {
  let text: String
  /// With quotes and colon.
  let octets: [UInt8]

  package init(_ text: String) {
    self.text = text
    var json = JSONText()
    json.key(text)
    octets = json.octets
  }
}

extension JSONValue {
  /// Gives the value to a sink.
  ///
  /// What is around a value is on a stack of its own, so that deep nesting takes no native stack.
  func write(to sink: inout some JSONSink) {
    var open: [OpenParts] = []
    if let parts = writeStart(to: &sink) { open.append(parts) }
    while !open.isEmpty {
      guard let entry = open[open.count - 1].popFirst() else {
        open.removeLast()
        sink.close()
        continue
      }
      if let key = entry.key { sink.key(key) }
      if let parts = entry.value.writeStart(to: &sink) { open.append(parts) }
    }
  }

  /// Gives a value that has no parts, or begins one that has, whose parts are returned.
  private func writeStart(to sink: inout some JSONSink) -> OpenParts? {
    switch content {
    case .null: sink.null()
    case .boolean(let flag): sink.boolean(flag)
    case .integer(let number): sink.integer(number)
    case .decimal(let number): sink.decimal(number)
    case .string(let string): sink.string(string)
    case .array(let items):
      sink.openArray()
      return .items(items[...])
    case .object(let entries):
      sink.openObject()
      return .entries(entries[...])
    }
    return nil
  }
}

/// Parts of an array or an object that have not been given.
private enum OpenParts {
  case items(ArraySlice<JSONValue>)
  case entries(ArraySlice<JSONValue.Entry>)

  mutating func popFirst() -> (key: String?, value: JSONValue)? {
    switch self {
    case .items(var items):
      guard let item = items.popFirst() else { return nil }
      self = .items(items)
      return (nil, item)
    case .entries(var entries):
      guard let entry = entries.popFirst() else { return nil }
      self = .entries(entries)
      return (entry.key, entry.value)
    }
  }
}

/// Makes a value of the parts it is given.
struct JSONBuilder: JSONSink {
  /// What was given, once everything is closed.
  private(set) var value = JSONValue(.null)
  private var open: [Container] = []

  private struct Container {
    let isObject: Bool
    var key = ""
    var entries: [JSONValue.Entry] = []
  }

  mutating func openObject() { open.append(Container(isObject: true)) }

  mutating func openArray() { open.append(Container(isObject: false)) }

  mutating func close() {
    guard let container = open.popLast() else { return }
    add(container.isObject ? .object(container.entries) : .array(container.entries.map(\.value)))
  }

  mutating func key(_ key: JSONKey) { self.key(key.text) }

  mutating func key(_ key: String) { if !open.isEmpty { open[open.count - 1].key = key } }

  mutating func null() { add(JSONValue(.null)) }

  mutating func boolean(_ flag: Bool) { add(.boolean(flag)) }

  mutating func integer(_ number: Int128) { add(.integer(number)) }

  mutating func decimal(_ number: String) { add(JSONValue(.decimal(number))) }

  mutating func string(_ string: String) { add(.string(string)) }

  mutating func string(_ write: (inout [UInt8]) -> Void) {
    var octets: [UInt8] = []
    write(&octets)
    string(String(decoding: octets, as: UTF8.self))
  }

  private mutating func add(_ part: JSONValue) {
    guard !open.isEmpty else {
      value = part
      return
    }
    open[open.count - 1].entries.append(JSONValue.Entry(open[open.count - 1].key, part))
  }
}
