/// A configuration file with every key, its default and what it is for: the documentation of the file.
enum ServerExample {
  static var text: String {
    let start = comment(
      """
      Configuration of pcp server: pcp server --config FILE. This is every key there is, with its default; those that have none \
      are commented out, and show an example. Options of the command line have the names of keys, and override them. \
      pcp server --check-config --config FILE says what is wrong with a file; SIGHUP has a running server read it again, and \
      keeps its mappings. YAML: an address that ends in a colon stands between quotation marks, as "2001:db8::".
      """)
    return ([start] + ServerKey.groups.map(text)).joined(separator: "\n")
  }

  private static func text(of group: ServerKey.Group) -> String {
    "# \(group.title)\n#\(String(repeating: "-", count: group.title.count + 1))\n\n"
      + group.keys.map(text).joined(separator: "\n")
  }

  private static func text(of key: ServerKey) -> String {
    let value = key.example.hasPrefix("\n") ? key.example : " \(key.example)"
    var lines = "\(key.name):\(value)".split(separator: "\n").map(String.init)
    // Without a space behind the mark, so that they are told from words.
    if !key.isDefault { lines = lines.map { "#\($0)" } }
    return comment(key.words) + lines.joined(separator: "\n") + "\n"
  }

  /// Lines of at most 100 columns, behind marks of comments.
  private static func comment(_ words: String) -> String {
    var lines: [String] = []
    for word in words.split(whereSeparator: \.isWhitespace) {
      if let last = lines.last, last.count + word.count < 100 {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append("# \(word)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
