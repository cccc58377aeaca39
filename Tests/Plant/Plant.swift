import Foundation
import WiregenCore

/// Generates Swift from a schema and plants faults in it, each of which can be switched on when it runs.
///
///     Plant SCHEMA OUTPUT
@main struct Plant {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { fail("usage: Plant SCHEMA OUTPUT") }
    let diagnostics = Diagnostics()
    var loader = SchemaLoader(folders: [], diagnostics: diagnostics) { path in
      FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }
    guard let schema = loader.load(arguments[1]).flatMap({ Resolver.resolve($0, diagnostics: diagnostics) }) else {
      fail(diagnostics.sorted.map(\.description).joined(separator: "\n"))
    }
    let options = RenderOptions(access: "package", files: 1, modules: [])
    var text = Renderer(schema, options).render(stem: "planted", schemaName: "planted.xml").map(\.text).joined()
    for (index, fault) in Fault.all.enumerated() {
      for change in fault.changes {
        let expression = try NSRegularExpression(pattern: change.pattern)
        let template = change.template.replacingOccurrences(of: "#", with: "planted(\(index + 1))")
        let mutable = NSMutableString(string: text)
        let whole = NSRange(location: 0, length: mutable.length)
        let places = expression.replaceMatches(in: mutable, range: whole, withTemplate: template)
        if places == 0 {
          fail("\(arguments[1]):1:1: error: no place to plant '\(fault.name)': nothing that is generated is '\(change.pattern)'")
        }
        text = mutable as String
      }
    }
    text += "\n/// What is wrong with each fault switched on.\npackage let plantedFaults = \(Fault.all.map(\.name))\n"
    try text.write(toFile: arguments[2], atomically: true, encoding: .utf8)
  }

  private static func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(1)
  }
}
