import ArgumentParser
import WiregenCore

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Generates Swift from a schema.",
    discussion: """
      Writes a fixed number of files named after the schema. The same schema gives the same octets whatever the folder;
      a file whose text does not change is not written.

        wiregen generate Schemas/pcp.xml -o Generated
        wiregen generate Schemas/pcp.xml --standalone PCPPackage
        wiregen generate Schemas/pcp.xml --tests --module PCPWire -o Tests

      With --standalone it is a whole package without dependencies: the generated code, the runtime's sources, and a test for
      each sample. With --tests it is those tests only.

      Exit status 1 when something is wrong with the schema; 2 when a file cannot be read or written, or arguments do not
      fit.
      """)

  @Argument(help: ArgumentHelp("The schema file.", valueName: "schema"))
  var schema: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String?

  @Option(help: ArgumentHelp("The folder of a package to make.", valueName: "folder"))
  var standalone: String?

  @Option(
    help: ArgumentHelp("With --standalone: Wiregen's folder Sources, when it is not near the program.", valueName: "folder"))
  var runtime: String?

  @Flag(help: "A test for each sample; --module says which module has the types.")
  var tests = false

  @Option(help: "Access of what is generated: public, package or internal.")
  var access: Access = .public

  @Option(help: "Files to spread the types over, from 1 to 64.")
  var files = 4

  @Option(
    help: "For an extension: the Swift module that has what it extends. For an extension of an extension, each module in turn.")
  var module: [String] = []

  @Option(help: ArgumentHelp("An extension that is merged into the schema, as if it stood there.", valueName: "extension"))
  var merge: [String] = []

  @Option(
    help: ArgumentHelp(
      "The schema is an extension that is merged into this one: the files then hold nothing.", valueName: "schema"))
  var mergedInto: String?

  @Option(name: [.customShort("I"), .long], help: "A folder to look in for the protocol an extension is of.")
  var include: [String] = []

  @Option(
    help: ArgumentHelp(
      "A file that may be read. With it, reading any file not named so is an error: build tools declare their inputs.",
      valueName: "path"))
  var input: [String] = []

  @Option(help: ArgumentHelp("The configuration file of the target this is generated for.", visibility: .hidden))
  var configuration: String?

  @Option(help: ArgumentHelp("The configuration file as it was when the build was planned.", visibility: .hidden))
  var planned: String?

  enum Access: String, ExpressibleByArgument, CaseIterable {
    case `public`, package, `internal`
  }

  func validate() throws {
    guard (1...64).contains(files) else { throw ValidationError("--files must be from 1 to 64, not \(files)") }
    guard (output != nil) != (standalone != nil) else {
      throw ValidationError("say where to write: a folder with --output, or a package with --standalone")
    }
    if runtime != nil, standalone == nil { throw ValidationError("--runtime is for --standalone") }
    if standalone != nil, tests { throw ValidationError("a package of --standalone has its tests: leave --tests out") }
    if tests, module.count != 1 { throw ValidationError("--tests needs the module that has the types: name it with --module") }
  }

  func run() throws {
    do {
      try generate()
    } catch let failure as CommandFailure {
      // As other tools and editors read it: path, place, `error:`, in one line.
      Files.printError(failure.message)
      throw SchemaSource.cannotBeDone
    }
  }

  private func generate() throws {
    try checkPlan()
    if let mergedInto { return try writeEmpty(mergedInto) }
    let (_, resolved) = try SchemaSource.resolve(schema, folders: include, merging: merge, runsSamples: true)
    try checkInputs(resolved.files)
    if let standalone { return try writePackage(resolved, to: standalone) }
    if tests {
      let file = SampleTestsRenderer(resolved, module: module[0]).render(stem: stem(of: schema), schemaName: schemaName)
      return try write([file], to: output ?? "")
    }
    if let bases = resolved.addition?.bases, module.count != bases.count {
      let wanted = bases.map { "'\($0)'" }.joined(separator: ", then of ")
      throw CommandFailure(
        message: "\(schema):1:1: error: an extension needs the module of \(wanted), which it extends; name it with --module, or "
          + "under \"modules\" in wiregen.json")
    }
    let options = RenderOptions(access: access.rawValue, files: files, modules: module)
    let generated = Renderer(resolved, options).render(stem: stem(of: schema), schemaName: schemaName)
    try write(generated, to: output ?? "")
  }

  private var schemaName: String { "\(stem(of: schema)).xml" }

  private func write(_ files: [GeneratedFile], to folder: String) throws {
    for file in files {
      let path = "\(folder)/\(file.name)"
      try Files.makeFolder(path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
      try Files.write(file.text, to: path)
    }
  }

  private func writePackage(_ resolved: ResolvedSchema, to folder: String) throws {
    guard resolved.addition == nil else {
      throw CommandFailure(
        message: "\(schema):1:1: error: an extension needs what it extends; make a package of that, with --merge for this one")
    }
    let package = StandalonePackage(resolved, stem: stem(of: schema))
    try write(package.files(runtime: try RuntimeSources.read(runtime), files: files), to: folder)
  }

  /// The files of an extension whose definitions are generated with those of the schema it is merged into: a build wants them
  /// to be there.
  private func writeEmpty(_ other: String) throws {
    let (stem, name) = (stem(of: schema), stem(of: other))
    let text = "// Generated by wiregen from \(stem).xml, which is merged into \(name).xml: see what is made of that.\n"
    let names = tests ? ["\(stem).samples.swift"] : (0..<files).map { "\(stem).\($0).swift" }
    try write(names.map { GeneratedFile(name: $0, text: text) }, to: output ?? "")
  }

  /// The arguments come from a configuration file; they are stale when it has changed since.
  private func checkPlan() throws {
    guard let configuration, let planned, Files.read(configuration) != Array(planned.utf8) else { return }
    throw CommandFailure(
      message: "\(configuration):1:1: error: it has changed since the build was planned; touch Package.swift, so that it is "
        + "planned anew")
  }

  /// A file that the build does not know to be an input would not be noticed when it changes.
  private func checkInputs(_ files: [String]) throws {
    guard !input.isEmpty else { return }
    for file in files where !input.contains(file) {
      throw CommandFailure(
        message:
          "\(schema):1:1: error: it reads '\(file)', which the build was not planned with; touch Package.swift, so that it "
          + "is planned anew")
    }
  }
}

/// The file's name without folder and ending.
func stem(of path: String) -> String {
  let name = path.split(separator: "/").last.map(String.init) ?? path
  return name.hasSuffix(".xml") ? String(name.dropLast(4)) : name
}
