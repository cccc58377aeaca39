import Foundation

/// One line on standard error.
func complain(_ text: String) { FileHandle.standardError.write(Data("pcp: \(text)\n".utf8)) }

/// One line on standard error that says itself where it comes from.
func complain(line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
