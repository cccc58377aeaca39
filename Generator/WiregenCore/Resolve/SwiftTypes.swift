/// Types that generated code uses by name, so that no type of a schema may have it: it would be taken for theirs.
enum SwiftTypes {
  static let names = swift.union(wire).union(nested)

  /// Of Swift itself.
  private static let swift: Set = [
    "Int", "Int8", "Int16", "Int32", "Int64", "Int128", "UInt", "UInt8", "UInt16", "UInt32", "UInt64", "UInt128", "Bool",
    "String", "StaticString", "Array", "ArraySlice", "Duration", "OptionSet", "Void",
    "Sendable", "Hashable", "Hasher", "Equatable", "Swift", "RawRepresentable", "CaseIterable", "CustomStringConvertible",
    "Span", "RawSpan", "OutputRawSpan",
  ]

  /// Of the module `Wire`: all that are public.
  static let wire: Set = [
    "Borrowed", "Check", "CheckMark", "ChecksumAlgorithm", "CodeRegistration", "ElementOrder", "ElementRange", "ExtensionClash",
    "ExtensionElement",
    "ExtensionOccurrences", "ExtensionRegistry", "ExtensionUse", "FirstOccurrence", "FixedLayout", "Frame", "FramedMessages",
    "IPv4Address", "IPv6Address", "KeptElement", "MACAddress", "MessageBound", "MessageWriting", "Occurrence", "Octets",
    "ProtocolCode", "Wire",
    "WireBody", "WireDate", "WireDefinition", "WireEquatable", "WireError", "WireLayout", "WireMessages", "WireName", "WirePath",
    "WireString",
  ]

  /// What generated types have inside.
  private static let nested: Set = ["Layout", "Known", "Errors"]
}
