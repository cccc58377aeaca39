/// A schema file and everything it includes, or extends, as nodes.
public struct LoadedSchema {
  public let root: Node
  /// The children of the root and, in the place of each `<include>`, of the file it names.
  public let declarations: [Node]
  /// Every file read, the root's first.
  public let files: [String]
  /// For an `<extension>`: the protocol it extends.
  public let base: [LoadedSchema]
}

/// Reads schema files through a function, so that the library itself touches no file.
public struct SchemaLoader {
  /// The octets of a file; nil when it cannot be read.
  public typealias ReadFile = (_ path: String) -> [UInt8]?

  let read: ReadFile
  /// Folders that an extension's `of` is looked for in, after the extension's own.
  let folders: [String]
  let diagnostics: Diagnostics
  private var files: [String] = []

  public init(folders: [String] = [], diagnostics: Diagnostics, read: @escaping ReadFile) {
    self.folders = folders
    self.diagnostics = diagnostics
    self.read = read
  }

  /// - Returns: nil when nothing could be read or a root is not one; `diagnostics` says why.
  public mutating func load(_ path: String) -> LoadedSchema? {
    guard let octets = read(path) else {
      diagnostics.error(SourcePosition(file: path), "the file cannot be read")
      return nil
    }
    guard let root = parse(octets, path) else { return nil }
    var declarations: [Node] = []
    gather(root, path, chain: [path], &declarations)
    let base = root.name == "extension" ? loadBase(of: root, path) : []
    return LoadedSchema(root: root, declarations: declarations, files: files, base: base)
  }

  private mutating func parse(_ octets: [UInt8], _ path: String) -> Node? {
    files.append(path)
    let errors = diagnostics.all.count
    guard let root = XMLParser.parse(octets, file: path, diagnostics) else { return nil }
    StructureChecker(diagnostics: diagnostics).check(root: root)
    return diagnostics.all.count == errors || Grammar.roots.contains(root.name) ? root : nil
  }

  private mutating func gather(_ root: Node, _ path: String, chain: [String], _ declarations: inout [Node]) {
    for child in root.children {
      guard child.name == "include" else {
        declarations.append(child)
        continue
      }
      guard let file = child["file"] else { continue }
      let included = resolve(file, beside: path)
      let place = child.position(of: "file")
      if chain.contains(included) {
        diagnostics.error(place, "'\(file)' includes itself: \((chain + [included]).joined(separator: " -> "))")
      } else if files.contains(included) {
        continue
      } else if let octets = read(included) {
        guard let root = parse(octets, included) else { continue }
        if root.name != "protocol" {
          diagnostics.error(place, "'\(file)' is an <\(root.name)>; only a <protocol> can be included")
        }
        gather(root, included, chain: chain + [included], &declarations)
      } else {
        diagnostics.error(place, "'\(file)' cannot be read; the path is relative to this file")
      }
    }
  }

  private mutating func loadBase(of root: Node, _ path: String) -> [LoadedSchema] {
    guard let file = root["of"] else { return [] }
    let candidates = [resolve(file, beside: path)] + folders.map { "\($0)/\(file)" }
    guard let found = candidates.first(where: { read($0) != nil }) else {
      diagnostics.error(
        root.position(of: "of"),
        "'\(file)' is neither beside this file nor in a folder of \"include\" in the configuration")
      return []
    }
    var loader = SchemaLoader(folders: folders, diagnostics: diagnostics, read: read)
    guard let base = loader.load(found) else { return [] }
    if base.root.name != "protocol" {
      diagnostics.error(root.position(of: "of"), "'\(file)' is not a <protocol>")
      return []
    }
    files += base.files
    return [base]
  }

  private func resolve(_ file: String, beside path: String) -> String {
    if file.hasPrefix("/") { return file }
    guard let slash = path.lastIndex(of: "/") else { return file }
    return normalised(path[...slash] + file)
  }

  /// The path without `.` and without `..` where that can be done by name alone.
  private func normalised(_ path: Substring) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      if part == "." { continue }
      if part == "..", let last = parts.last, last != "..", !last.isEmpty {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }
}
