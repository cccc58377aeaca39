import Foundation

/// Octets that are nested as deep as so many octets allow, for the interpreter and for generated code alike.
public enum DeepInput {
  /// As many as a message in a UDP datagram, or behind a length of 16 bits, can have.
  public static let limit = 65_535

  /// Structs that hold structs: every level is the same octets, such as a count of one.
  public static func structs(_ level: [UInt8] = [1], size: Int = limit) -> [UInt8] {
    Array((0..<size / level.count).map { _ in level }.joined())
  }

  /// Structs so many deep, the innermost of which holds none.
  public static func structs(_ level: [UInt8] = [1], depth: Int, last: [UInt8] = [0]) -> [UInt8] {
    Array((1..<max(1, depth)).map { _ in level }.joined()) + last
  }

  /// Elements that hold elements, the header of each made from the size of its value.
  ///
  /// - Parameter headerSize: octets of each header.
  public static func elements(
    headerSize: Int, size: Int = limit, _ header: (_ valueSize: Int) -> [UInt8]
  ) -> [UInt8] {
    elements(headerSize: headerSize, depth: size / headerSize, header)
  }

  /// Elements so many deep.
  public static func elements(
    headerSize: Int, depth: Int, _ header: (_ valueSize: Int) -> [UInt8]
  ) -> [UInt8] {
    (0..<depth).reversed().flatMap { header($0 * headerSize) }
  }

  /// A header of a tag in one octet and a length in two that counts the value.
  public static func header(tag: UInt8, _ valueSize: Int) -> [UInt8] {
    [tag, UInt8(valueSize >> 8 & 0xFF), UInt8(valueSize & 0xFF)]
  }
}

/// Runs something with less stack than any platform gives a thread, and waits for it.
public func onSmallStack(_ size: Int = 512 << 10, _ body: @escaping @Sendable () -> Void) {
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    body()
    done.signal()
  }
  thread.stackSize = size
  thread.start()
  done.wait()
}
