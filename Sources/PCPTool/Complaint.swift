import Foundation

/// One line on standard error.
func complain(_ text: String) { FileHandle.standardError.write(Data("pcp: \(text)\n".utf8)) }
