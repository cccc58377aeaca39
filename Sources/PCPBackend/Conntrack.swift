import Foundation

/// The program `conntrack`, asked for what the backend needs of it.
struct Conntrack: Sendable {
  private let program: SystemProgram

  /// - Throws: when it is not installed.
  init(under runner: [String] = []) throws(BackendFault) {
    guard let program = SystemProgram("conntrack", under: runner) else {
      throw BackendFault("the backend nftables needs the program conntrack (package conntrack)")
    }
    self.program = program
  }

  /// - Throws: when flows may not be looked at, or the program is too old.
  func check() async throws(BackendFault) {
    let output = try await program.run(["-C"])
    guard output.status == 0 else {
      throw BackendFault("the backend nftables may not use conntrack, which needs root or CAP_NET_ADMIN: \(output.reason)")
    }
    let nothing = try await program.run(["-R", "-"])
    guard nothing.status == 0 else {
      throw BackendFault("the backend nftables needs conntrack 1.4.7 or later, which takes commands: \(nothing.reason)")
    }
  }

  /// The flows of a selection.
  func flows(_ selection: FlowSelection) async throws(BackendFault) -> [Flow] {
    let output = try await program.run(["-L"] + selection.arguments)
    guard output.status == 0 else { throw BackendFault("conntrack does not list flows: \(output.reason)") }
    return String(decoding: output.text, as: UTF8.self).split(separator: "\n").compactMap { Flow($0) }
  }

  /// Deletes the flows of each selection; one that is gone meanwhile is deleted already.
  func delete(_ selections: [FlowSelection]) async throws(BackendFault) {
    if selections.isEmpty { return }
    let lines = selections.map { "-D \($0.arguments.joined(separator: " "))\n" }
    let output = try await program.run(["-R", "-"], input: lines.joined())
    guard output.status == 0 else { throw BackendFault("conntrack does not delete flows: \(output.reason)") }
  }
}
