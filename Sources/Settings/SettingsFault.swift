/// A place in a file; lines and columns count from 1, columns in Unicode scalars.
public struct SettingsPlace: Sendable, Hashable, Comparable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (left: SettingsPlace, right: SettingsPlace) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// What is wrong at a place of a configuration file.
public struct SettingsFault: Error, Sendable, Hashable, CustomStringConvertible {
  public var place: SettingsPlace
  /// What is wrong, and what would be right: one line.
  public var message: String

  public init(_ place: SettingsPlace, _ message: String) {
    self.place = place
    self.message = message
  }

  /// `12:3: error: what is wrong`; the file's name and a colon go in front.
  public var description: String { "\(place.line):\(place.column): error: \(message)" }
}
