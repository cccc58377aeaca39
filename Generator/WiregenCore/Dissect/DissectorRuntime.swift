/// The Lua that every dissector has: it walks the tables of a schema.
///
/// Parts come in the order in which they need each other (`Dissector.text(schemaName:)`). Wireshark has Lua 5.2, 5.3 or 5.4:
/// the parts keep to what these have in common, and define no globals.
enum DissectorRuntime {}
