import ArgumentParser
import WiregenCore

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Generates Swift from a schema.",
    discussion: """
      Writes a fixed number of files named after the schema. The same schema gives the same octets whatever the folder;
      a file whose text does not change is not written.

        wiregen generate Schemas/pcp.xml -o Generated
      """)

  @Argument(help: ArgumentHelp("The schema file.", valueName: "schema"))
  var schema: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String

  @Option(help: "Access of what is generated: public, package or internal.")
  var access: Access = .public

  @Option(help: "Files to spread the types over, from 1 to 64.")
  var files = 4

  @Option(help: "For an extension: the Swift module that has the protocol it extends.")
  var module: String?

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
  }

  func run() throws {
    do {
      try generate()
    } catch let failure as CommandFailure {
      // As other tools and editors read it: path, place, `error:`, in one line.
      Files.printError(failure.message)
      throw ExitCode(1)
    }
  }

  private func generate() throws {
    try checkPlan()
    guard let resolved = resolve(schema, folders: include) else { throw ExitCode(1) }
    try checkInputs(resolved.files)
    if resolved.addition != nil, module == nil {
      throw CommandFailure(
        message: "\(schema):1:1: error: an extension needs the module of the protocol it extends; name it with --module, or "
          + "under \"modules\" in wiregen.json")
    }
    let stem = stem(of: schema)
    let options = RenderOptions(access: access.rawValue, files: files, module: module)
    let generated = Renderer(resolved, options).render(stem: stem, schemaName: "\(stem).xml")
    try Files.makeFolder(output)
    for file in generated { try Files.write(file.text, to: "\(output)/\(file.name)") }
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
