/// Types of Swift and of Wire that generated code names; a type of a schema must not hide them.
enum SwiftTypes {
  static let names: Set = [
    "Int", "Int8", "Int16", "Int32", "Int64", "Int128", "UInt", "UInt8", "UInt16", "UInt32", "UInt64", "UInt128", "Bool",
    "String", "StaticString", "Array", "ArraySlice", "Optional", "Void", "Sendable", "Hashable", "Hasher", "Equatable",
    "RawRepresentable", "CaseIterable", "CustomStringConvertible", "Span", "RawSpan", "OutputRawSpan", "Swift",
    "IPv4Address", "IPv6Address", "MACAddress", "Octets", "WireString", "Wire", "WireBody", "WireMessages",
    "WireDefinition", "WireLayout", "WireError", "WirePath", "ProtocolCode", "CodeRegistration", "KeptElement",
    "ElementOrder", "ElementRange", "FixedLayout", "Borrowed", "Check", "Occurrence", "Layout", "Known", "Errors",
    "WireDate", "Duration", "OptionSet", "Frame", "MessageBound", "ExtensionRegistry", "ExtensionClash",
    "CheckMark", "ExtensionElement", "ExtensionOccurrences", "ExtensionUse", "FirstOccurrence",
  ]
}
