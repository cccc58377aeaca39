import Foundation
import Testing
import VectorSupport

/// The tutorial of the reference, followed to the letter: its commands are run, its changes made, its outputs compared.
@Suite("The tutorial") struct TutorialTests {
  /// A block of the tutorial, and the line it starts at.
  private struct Block {
    var line: Int
    var language: String
    var text: String
  }

  private static let heading = "## Tutorial: one option, and what follows from it"

  private static let blocks: [Block] = {
    let lines = Reference.lines
    guard let start = lines.firstIndex(of: heading) else { return [] }
    var blocks: [Block] = []
    var open: Block?
    for (index, line) in lines.enumerated().dropFirst(start + 1) {
      if let block = open {
        if line == "```" {
          blocks.append(block)
          open = nil
        } else {
          open?.text += line + "\n"
        }
      } else if line.hasPrefix("```") {
        open = Block(line: index + 1, language: String(line.dropFirst(3)), text: "")
      } else if line.hasPrefix("## ") {
        break
      }
    }
    return blocks
  }()

  @Test func followed() async throws {
    try #require(Self.blocks.count > 10)
    let program = try Program()
    try FileManager.default.copyItem(
      at: Repository.root.appendingPathComponent("Schemas"), to: program.url("Schemas"))
    try await inBackground {
      var output = ""
      for block in Self.blocks {
        switch block.language {
        case "sh": output = try run(block, program)
        case "text": #expect(Self.matches(output, block.text), "Schemas/README.md:\(block.line): \(output)")
        case "diff": try apply(block, program)
        default: Issue.record("Schemas/README.md:\(block.line): a block of \(block.language)")
        }
      }
    }
  }

  /// Runs the commands of a block in the folder where the block before it ended.
  private func run(_ block: Block, _ program: Program) throws -> String {
    let script = """
      PATH="$(dirname "$0"):$PATH"
      cd "$(cat .folder 2> /dev/null || pwd)"
      set -e
      \(block.text)
      pwd > '\(program.url(".folder").path)'
      """
    let run = try program.run(shell: script)
    #expect(run.status == 0, "Schemas/README.md:\(block.line): \(run.errors)")
    return run.output
  }

  /// Whether an output is as the tutorial says, where a line `…` stands for any lines.
  static func matches(_ output: String, _ text: String) -> Bool {
    var rest = output.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var skips = false
    for line in text.split(separator: "\n") {
      if line == "…" {
        skips = true
        continue
      }
      guard let place = skips ? rest.firstIndex(of: line) : rest.first == line ? rest.startIndex : nil else { return false }
      rest = rest[(place + 1)...]
      skips = false
    }
    return skips || rest.allSatisfy(\.isEmpty)
  }

  @Test func outputsAreCompared() {
    #expect(Self.matches("a\nb\nc\n", "a\nb\nc\n"))
    #expect(Self.matches("a\nb\nc\n", "…\nc\n") && Self.matches("a\nb\nc\n", "a\n…\n") && Self.matches("a\nb\nc\n", "a\n…\nc\n"))
    #expect(!Self.matches("a\nb\n", "a\n") && !Self.matches("a\n", "a\nb\n") && !Self.matches("a\nb\n", "…\na\n"))
  }

  /// Makes the changes of a block, each of which starts with the name of its file after three plus signs.
  private func apply(_ block: Block, _ program: Program) throws {
    var folder = program.folder
    if let path = try? program.read(".folder") { folder = URL(fileURLWithPath: path.trimmingCharacters(in: .newlines)) }
    var file: URL?
    var (old, new) = ("", "")
    func change() throws {
      guard let file, !new.isEmpty else { return }
      let text = try String(contentsOf: file, encoding: .utf8)
      try #require(text.contains(old), "Schemas/README.md:\(block.line): \(file.lastPathComponent) has no such lines: \(old)")
      let range = try #require(text.range(of: old))
      try text.replacingCharacters(in: range, with: new).write(to: file, atomically: true, encoding: .utf8)
      (old, new) = ("", "")
    }
    for line in block.text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("+++ ") {
        file = folder.appendingPathComponent(String(line.dropFirst(4)))
      } else if line.hasPrefix("@@") {
        try change()
      } else if let sign = line.first {
        if sign != "+" { old += line.dropFirst() + "\n" }
        if sign != "-" { new += line.dropFirst() + "\n" }
      }
    }
    try change()
  }
}
