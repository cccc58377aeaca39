import Foundation
import PCP
import Settings

/// Where a server's settings come from: a file, which is read again while the server runs, and the command line.
struct ServerSource: Sendable {
  /// Why there are no settings.
  struct Refusal: Error, Sendable, Hashable {
    /// Each `pcp.yaml:12:3: error: what is wrong`, or `pcp: what is wrong` where it is in no file.
    var lines: [String]
  }

  /// nil for the command line alone.
  let path: String?
  let overrides: ServerOverrides

  init(path: String? = nil, overrides: ServerOverrides = ServerOverrides()) {
    self.path = path
    self.overrides = overrides
  }

  /// Reads the file, and has the command line override it.
  ///
  /// - Throws: all that is wrong with them.
  func read() throws(Refusal) -> ServerSettings {
    guard let path else { return try settings(of: nil) }
    guard let octets = FileManager.default.contents(atPath: path) else {
      let isThere = FileManager.default.fileExists(atPath: path)
      throw Refusal(lines: ["pcp: \(path): \(isThere ? "it cannot be read" : "there is no such file")"])
    }
    let file: SettingsFile
    do throws(SettingsFault) {
      file = try SettingsFile(Array(octets))
    } catch {
      throw Refusal(lines: ["\(path):\(error)"])
    }
    return try settings(of: file)
  }

  /// The settings that a file says, nil for none; the name of the file is `path`.
  func settings(of file: SettingsFile?) throws(Refusal) -> ServerSettings {
    var settings = ServerSettings()
    let reading = file?.read(ServerKey.all.map(\.key), into: &settings)
    overrides.apply(to: &settings)
    // What could not be read holds its default, with which others need not go.
    let unread = (reading?.unread ?? []).subtracting(overrides.keys)
    let between = settings.faults.filter { unread.isDisjoint(with: $0.keys) }
    var placed = reading?.faults ?? []
    var lines: [String] = []
    for fault in between {
      if let place = place(of: fault, in: file) {
        placed.append(SettingsFault(place, fault.text))
      } else {
        lines.append("pcp: \(fault.text)")
      }
    }
    let ordered = placed.sorted { $0.place < $1.place }
    lines = ordered.map { "\(path ?? "configuration"):\($0)" } + lines
    if !lines.isEmpty { throw Refusal(lines: lines) }
    return settings
  }

  /// Where a fault is in the file; nil when the command line has made it.
  private func place(of fault: ServerSettings.Fault, in file: SettingsFile?) -> SettingsPlace? {
    fault.keys.lazy.filter { !overrides.keys.contains($0) }.compactMap { file?.place(of: $0, index: fault.index) }.first
  }
}
