#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One line on standard error.
func complain(_ text: String) {
  let line = Array("pcp: \(text)\n".utf8)
  // Nobody is left to be told when standard error cannot be written to.
  _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
