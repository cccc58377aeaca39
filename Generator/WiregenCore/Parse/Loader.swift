/// A schema file and everything it includes, or extends, as nodes.
public struct LoadedSchema {
  public let root: Node
  /// The children of the root and, in the place of each `<include>`, of the file it names.
  public let declarations: [Node]
  /// Roots of the files that were included.
  public let included: [Node]
  /// Roots of the extensions that are merged.
  public let merged: [Node]
  /// Every file read, the root's first.
  public let files: [String]
  /// For an `<extension>`: the protocol it extends, or another extension of one.
  public let base: [LoadedSchema]
  /// Whether every file it needs could be read; otherwise names are missing that nothing can be said about.
  public let isComplete: Bool

  /// This, what it extends, and so on up to the protocol.
  var chain: [LoadedSchema] { [self] + base.flatMap(\.chain) }
}

/// Reads schema files through a function, so that the library itself touches no file.
public struct SchemaLoader {
  /// The octets of a file; nil when it cannot be read.
  public typealias ReadFile = (_ path: String) -> [UInt8]?

  let read: ReadFile
  /// Folders that included and extended files are looked for in, after the folder of the file that names them.
  let folders: [String]
  let diagnostics: Diagnostics
  private var files: [String] = []
  private var included: [Node] = []
  private var isComplete = true

  public init(folders: [String] = [], diagnostics: Diagnostics, read: @escaping ReadFile) {
    self.folders = folders
    self.diagnostics = diagnostics
    self.read = read
  }

  /// - Parameter extensions: files of extensions whose definitions are merged as if they stood in the schema.
  /// - Returns: nil when nothing could be read or a root is not one; `diagnostics` says why.
  public mutating func load(_ path: String, merging extensions: [String] = []) -> LoadedSchema? {
    load(path, merging: extensions, below: [])
  }

  /// - Parameter chain: the extensions that this is read for.
  private mutating func load(_ path: String, merging extensions: [String], below chain: [String]) -> LoadedSchema? {
    guard let octets = read(path) else {
      diagnostics.error(SourcePosition(file: path), "the file cannot be read")
      return nil
    }
    guard let root = parse(octets, path) else { return nil }
    var declarations: [Node] = []
    gather(root, path, chain: [path], &declarations)
    var merged: [Node] = []
    for file in extensions { merge(file, &merged, &declarations) }
    let base = root.name == "extension" ? loadBase(of: root, path, below: chain) : []
    return LoadedSchema(
      root: root, declarations: declarations, included: included, merged: merged, files: files, base: base,
      isComplete: isComplete && base.allSatisfy(\.isComplete))
  }

  /// Reads an extension whose definitions become the schema's own.
  private mutating func merge(_ path: String, _ merged: inout [Node], _ declarations: inout [Node]) {
    guard let octets = read(path), let root = parse(octets, path) else {
      if read(path) == nil { diagnostics.error(SourcePosition(file: path), "the file cannot be read") }
      isComplete = false
      return
    }
    guard root.name == "extension" else {
      diagnostics.error(root.position, "a <\(root.name)> cannot be merged; only an <extension> can")
      isComplete = false
      return
    }
    merged.append(root)
    declarations += root.children
  }

  private mutating func parse(_ octets: [UInt8], _ path: String) -> Node? {
    files.append(path)
    diagnostics.reading(path)
    guard let root = XMLParser.parse(octets, file: path, diagnostics) else { return nil }
    StructureChecker(diagnostics: diagnostics).check(root: root)
    return Grammar.roots.keys.contains(root.name) ? root : nil
  }

  private mutating func gather(_ root: Node, _ path: String, chain: [String], _ declarations: inout [Node]) {
    for child in root.children {
      if child.name == "include" {
        include(child, path, chain: chain, &declarations)
      } else {
        declarations.append(child)
      }
    }
  }

  private mutating func include(_ node: Node, _ path: String, chain: [String], _ declarations: inout [Node]) {
    guard let file = node["file"] else {
      isComplete = false
      return
    }
    let place = node.position(of: "file")
    let paths = candidates(file, beside: path)
    if let again = paths.first, let start = chain.firstIndex(where: { isSame($0, again) }) {
      let way = chain[start...].dropFirst() + [chain[start]]
      diagnostics.error(
        place, "'\(file)' includes itself, through \(way.joined(separator: ", ")); leave one <include> out")
      isComplete = false
      return
    }
    for candidate in paths {
      if files.contains(where: { isSame($0, candidate) }) { return }
      guard let octets = read(candidate) else { continue }
      guard let root = parse(octets, candidate) else {
        isComplete = false
        return
      }
      guard root.name == "protocol" else {
        diagnostics.error(place, "'\(file)' is an <\(root.name)>; only a <protocol> can be included")
        isComplete = false
        return
      }
      included.append(root)
      gather(root, candidate, chain: chain + [candidate], &declarations)
      return
    }
    diagnostics.error(place, "'\(file)' is neither beside this file nor in an include folder")
    isComplete = false
  }

  private mutating func loadBase(of root: Node, _ path: String, below chain: [String]) -> [LoadedSchema] {
    guard let file = root["of"] else { return [] }
    let place = root.position(of: "of")
    let paths = candidates(file, beside: path)
    if isSame(paths[0], path) {
      diagnostics.error(place, "'\(file)' is this file; name the schema of the protocol that is extended")
      return []
    }
    if let again = chain.first(where: { isSame($0, paths[0]) }) {
      diagnostics.error(place, "'\(file)' extends this file in turn, which is read for '\(again)'; one of them is the protocol")
      return []
    }
    guard let found = paths.first(where: { read($0) != nil }) else {
      diagnostics.error(place, "'\(file)' is neither beside this file nor in an include folder")
      return []
    }
    var loader = SchemaLoader(folders: folders, diagnostics: diagnostics, read: read)
    guard let base = loader.load(found, merging: [], below: chain + [path]) else { return [] }
    files += base.files
    return [base]
  }

  /// Where a file that another names can be, the first place first.
  private func candidates(_ file: String, beside path: String) -> [String] {
    if file.hasPrefix("/") { return [SchemaPath.normalised(file)] }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    return [SchemaPath.normalised(folder + file)] + folders.map { SchemaPath.normalised("\($0)/\(file)") }
  }

  private func isSame(_ left: String, _ right: String) -> Bool {
    left == right || SchemaPath.normalised(left) == SchemaPath.normalised(right)
  }
}

/// Paths of schema files, as text.
enum SchemaPath {
  /// The path without `.` and without `..` where that can be done by name alone.
  static func normalised(_ path: String) -> String {
    var parts: [Substring] = []
    for (index, part) in path.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
      if part == "." || part.isEmpty && index > 0 { continue }
      if part == "..", let last = parts.last, last != "..", !last.isEmpty {
        parts.removeLast()
      } else if part != ".." || parts.last?.isEmpty != true {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }
}
