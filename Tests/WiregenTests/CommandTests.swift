import Foundation
import Testing

/// The program, run as a process.
@Suite struct CommandTests {
  private struct Run {
    var status: Int32
    var output: String
    var errors: String
    var lines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("wiregen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func run(_ arguments: [String]) throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("wiregen")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let messages = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Run(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: messages, as: UTF8.self))
  }

  /// Writes a schema into the folder.
  private func write(_ name: String, _ content: String) throws {
    let text = "<protocol xmlns=\"urn:wiregen:schema:1\" name=\"T\" language=\"1\">\n\(content)\n</protocol>\n"
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  private let good = "<struct name=\"S\"> <field name=\"a\" type=\"u8\"/> </struct>"

  @Test func checksQuietlyWhatIsRight() throws {
    try write("good.xml", good)
    let run = try run(["check", "good.xml", "good.xml"])
    #expect((run.status, run.output, run.errors) == (0, "", ""))
  }

  @Test func saysAllThatIsWrongInEveryFile() throws {
    try write("good.xml", good)
    try write("bad.xml", "<struct name=\"S\">\n <field name=\"a\" type=\"u9\"/>\n <field name=\"b\" type=\"T\"/> </struct>")
    #expect(try run(["check", "bad.xml", "good.xml"]).status == 1)
    let run = try run(["check", "bad.xml", "good.xml", "none.xml"])
    #expect(run.status == 2)
    #expect(run.output == "")
    #expect(run.lines.count == 3)
    #expect(run.lines.first?.hasPrefix("bad.xml:3:18: error: type=\"u9\": must be u8") == true)
    #expect(run.lines.dropFirst().first == "bad.xml:4:18: error: there is no type 'T'")
    #expect(run.lines.last == "none.xml:1:1: error: the file cannot be read")
  }

  @Test(arguments: [
    ["check", "none.xml"], ["check", "good.xml", "--merge", "none.xml"], ["generate", "none.xml", "-o", "out"],
    ["generate", "good.xml", "-o", "out", "--merge", "none.xml"], ["list", "none.xml"], ["lint", "none.xml"],
    ["dissector", "none.xml", "-o", "-"],
    ["format", "none.xml"],
  ])
  func saysInOneLineWhatCannotBeRead(arguments: [String]) throws {
    try write("good.xml", good)
    let run = try run(arguments)
    #expect(run.status == 2)
    #expect(run.lines == ["none.xml:1:1: error: the file cannot be read"])
    #expect(run.output == "")
  }

  @Test func runsSamples() throws {
    try write("s.xml", "<struct name=\"S\"> <field name=\"a\" type=\"u8\"/>\n<sample name=\"x\" hex=\"\"/> </struct>")
    let run = try run(["check", "s.xml"])
    #expect(run.status == 1)
    #expect(run.lines == ["s.xml:3:1: error: sample 'x' does not decode: offset 0: S.a: the octets end before it does"])
  }

  @Test(arguments: [[], ["check"], ["generate"], ["dissector"]]) func helpHasAnExample(command: [String]) throws {
    let run = try run(command + ["--help"])
    #expect(run.status == 0)
    #expect(run.output.contains("  wiregen \(command.first ?? "check") "))
    #expect(run.output.contains(".xml"))
  }

  @Test(arguments: [
    ["frobnicate"], ["check"], ["dissector", "a.xml"], ["check", "--frobnicate", "a.xml"],
    ["generate", "a.xml"], ["generate", "-o", "out"],
    ["generate", "a.xml", "-o", "out", "--files", "0"], ["generate", "a.xml", "-o", "out", "--files", "many"],
    ["generate", "a.xml", "-o", "out", "--access", "secret"],
  ])
  func refusesBadUsage(arguments: [String]) throws {
    let run = try run(arguments)
    #expect(run.status == 64)
    #expect(run.lines.count == 1 && run.errors.hasPrefix("error: "))
  }

  @Test func writesADissectorOfMessagesOnly() throws {
    try write("good.xml", good)
    let none = try run(["dissector", "good.xml", "-o", "good.lua"])
    #expect((none.status, none.output) == (1, ""))
    #expect(none.lines == ["good.xml:1:1: error: it has no messages, so that there is nothing to dissect"])
    try write(
      "some.xml", "<direction name=\"up\"/> <message name=\"M\" direction=\"up\"> <field name=\"a\" type=\"u8\"/> </message>")
    let run = try run(["dissector", "some.xml", "-o", "some.lua"])
    #expect((run.status, run.output, run.errors) == (0, "", ""))
    let text = try String(contentsOf: folder.appendingPathComponent("some.lua"), encoding: .utf8)
    #expect(text.hasPrefix("-- T: a Wireshark dissector."))
    #expect(text.contains("local protocol = Proto(\"wg_t\", \"T (Wiregen)\")"))
    #expect(try self.run(["dissector", "some.xml", "-o", "-"]).output == text)
    #expect(try self.run(["dissector", "some.xml", "-o", "none/some.lua"]).status == 2)
  }

  @Test func generatesAsManyFilesAsItIsTold() throws {
    try write("good.xml", good)
    let run = try run(["generate", "good.xml", "-o", "deep/out", "--files", "3", "--access", "package"])
    #expect((run.status, run.output, run.errors) == (0, "", ""))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("deep/out").path)
    #expect(names.sorted() == ["good.0.swift", "good.1.swift", "good.2.swift"])
    let texts = try names.map { try String(contentsOf: folder.appendingPathComponent("deep/out/\($0)"), encoding: .utf8) }
    #expect(texts.contains { $0.contains("package struct S") })
    #expect(texts.allSatisfy { $0.hasPrefix("// Generated by wiregen from good.xml.") && !$0.contains(folder.path) })
  }

  @Test func generatesNothingFromWhatIsWrong() throws {
    try write("bad.xml", "<struct name=\"S\"> <field name=\"a\" type=\"u9\"/> </struct>")
    let run = try run(["generate", "bad.xml", "-o", "out"])
    #expect(run.status == 1)
    #expect(run.lines.count == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out").path))
  }

  @Test func leavesFilesAloneThatDoNotChange() throws {
    try write("good.xml", good)
    let file = folder.appendingPathComponent("out/good.0.swift")
    #expect(try run(["generate", "good.xml", "-o", "out", "--files", "1"]).status == 0)
    let old = Date(timeIntervalSince1970: 1_000_000_000)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: file.path)
    func modified() throws -> Date? {
      try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
    }
    #expect(try run(["generate", "good.xml", "-o", "out", "--files", "1"]).status == 0)
    #expect(try modified() == old)
    try write("good.xml", good.replacingOccurrences(of: "u8", with: "u16"))
    #expect(try run(["generate", "good.xml", "-o", "out", "--files", "1"]).status == 0)
    #expect(try modified() != old)
  }

  @Test func saysInOneLineThatItCannotWrite() throws {
    try write("good.xml", good)
    try Data().write(to: folder.appendingPathComponent("file"))
    for output in ["file", "file/below", "/proc/nowhere"] {
      let run = try run(["generate", "good.xml", "-o", output])
      #expect(run.status == 2)
      #expect(run.lines.count == 1, "\(run.errors)")
      #expect(run.lines.first?.hasPrefix("\(output): error: cannot be made: ") == true, "\(run.errors)")
    }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("taken/good.0.swift"), withIntermediateDirectories: true)
    let run = try run(["generate", "good.xml", "-o", "taken", "--files", "1"])
    #expect(run.status == 2)
    #expect(run.lines.count == 1, "\(run.errors)")
    #expect(run.lines.first?.hasPrefix("taken/good.0.swift: error: cannot be written: ") == true, "\(run.errors)")
  }

  @Test func readsNothingThatIsNotDeclared() throws {
    try write("part.xml", good)
    try write("main.xml", "<include file=\"part.xml\"/>")
    let one = try run(["generate", "main.xml", "-o", "out", "--input", "main.xml"])
    #expect(one.status == 2)
    #expect(one.lines.count == 1)
    #expect(one.lines.first?.hasPrefix("main.xml:1:1: error: it reads 'part.xml'") == true, "\(one.errors)")
    let both = try run(["generate", "main.xml", "-o", "out", "--input", "main.xml", "--input", "part.xml"])
    #expect(both.status == 0)
  }

  @Test func saysWhichFolderIsMissing() throws {
    try write("good.xml", good)
    for (folder, path) in [("missing", "missing"), ("file", "good.xml")] {
      let run = try run(["check", "good.xml", "--include", ".", "--include", path])
      #expect(run.status == 2, "\(folder)")
      #expect(run.errors == "\(path): error: --include names a folder, and there is none\n")
    }
  }

  @Test func needsTheModuleOfAnExtension() throws {
    try write(
      "base.xml",
      """
      <tlvs name="Option"> <header> <tag name="code" type="u8"/> <length name="length" type="u8"/> </header>
        <unknown action="keep"/> <range from="9" to="9" use="private"/> </tlvs>
      <direction name="up"/> <message name="M" direction="up"> <list name="options" of="Option"/> </message>
      """)
    let text = """
      <extension xmlns="urn:wiregen:schema:1" name="X" of="base.xml" language="1"> <extend tlvs="Option">
        <tlv name="more" code="9"> <allow in="M.options" occurs="0..1"/> </tlv> </extend> </extension>
      """
    try FileManager.default.createDirectory(at: folder.appendingPathComponent("own"), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: folder.appendingPathComponent("own/x.xml"))
    #expect(try run(["check", "own/x.xml"]).lines.first?.contains("neither beside this file nor in an include folder") == true)
    #expect(try run(["check", "own/x.xml", "--include", "."]).status == 0)
    let without = try run(["generate", "own/x.xml", "-I", ".", "-o", "out"])
    #expect(without.status == 2)
    #expect(without.lines.count == 1)
    #expect(without.lines.first?.hasPrefix("own/x.xml:1:1: error: an extension needs the module") == true)
    #expect(try run(["generate", "own/x.xml", "-I", ".", "-o", "out", "--module", "Base"]).status == 0)
  }
}
