import Foundation

/// Where admin sockets are.
public enum AdminSocket {
  /// The longest path in octets: 104 fit into the system's address everywhere, the NUL behind it among them.
  public static let longestPath = 103

  /// Where a program's socket is when nobody has chosen: in the user's directory for such things first, then in the system's.
  public static func standardPaths(
    of program: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> [String] {
    let own = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return ([own].compactMap(\.self) + ["/run"]).map { "\($0)/\(program).sock" }
  }

  /// Where to look for a running program: the first of its standard places where there is something, or else the first.
  public static func pathInUse(by program: String) -> String {
    let paths = standardPaths(of: program)
    return paths.first { FileManager.default.fileExists(atPath: $0) } ?? paths[0]
  }

  /// What is wrong with a path; nil when nothing is.
  public static func fault(in path: String) -> String? {
    if path.isEmpty { return "the path of the admin socket is empty" }
    if path.utf8.count <= longestPath { return nil }
    return "the path of the admin socket has \(path.utf8.count) octets, and the system takes \(longestPath): \(path)"
  }
}

/// Why an admin socket cannot be had, or used: one line for whoever runs the program.
public struct AdminError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
