/// Text under way, as its octets: numbers, addresses and times are written without a string for each of their parts.
extension [UInt8] {
  /// Appends a number in decimal, with zeros before it up to `width` digits, 20 at most.
  package mutating func write(decimal number: UInt64, width: Int = 1) {
    if width > 1 {
      var limit: UInt64 = 10
      for digits in 1..<Swift.min(width, 20) {
        if number < limit {
          for _ in digits..<Swift.min(width, 20) { append(UInt8(ascii: "0")) }
          break
        }
        limit = limit &* 10
      }
    }
    write(digits: number)
  }

  private mutating func write(digits number: UInt64) {
    if number >= 10 { write(digits: number / 10) }
    append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }

  /// Appends octets in lower-case hexadecimal, two digits an octet.
  package mutating func write(hexadecimal octets: [UInt8]) {
    for octet in octets { write(hexadecimal: octet) }
  }

  fileprivate mutating func write(hexadecimal octet: UInt8) {
    append(hexadecimalDigit(octet >> 4))
    append(hexadecimalDigit(octet & 15))
  }

  /// Appends an address as four decimal numbers with dots.
  package mutating func write(_ address: IPv4Address) {
    for place in UInt32(0)..<4 {
      if place > 0 { append(UInt8(ascii: ".")) }
      write(decimal: UInt64(address.value >> (24 - 8 * place) & 0xFF))
    }
  }

  /// Appends an address in the form of RFC 5952; IPv4-mapped ones as `::ffff:192.0.2.1`.
  package mutating func write(_ address: IPv6Address) {
    if let mapped = address.mapped {
      append(contentsOf: "::ffff:".utf8)
      return write(mapped)
    }
    let zeros = address.longestZeros
    var index = 0
    while index < 8 {
      if index == zeros.lowerBound, !zeros.isEmpty {
        append(contentsOf: "::".utf8)
        index = zeros.upperBound
        continue
      }
      if index > 0, index != zeros.upperBound { append(UInt8(ascii: ":")) }
      write(group: address.group(index))
      index += 1
    }
  }

  /// Hexadecimal without leading zeros.
  private mutating func write(group: UInt16) {
    var shift: UInt16 = 12
    while shift > 0, group >> shift == 0 { shift -= 4 }
    while true {
      append(hexadecimalDigit(UInt8(group >> shift & 15)))
      if shift == 0 { return }
      shift -= 4
    }
  }
}

extension [UInt8] {
  /// Appends a time in the form of RFC 3339, `1994-11-06T08:49:37.5Z`: in UTC, with a fraction only when it is not zero.
  /// Years outside 0 to 9999 have a sign and at least five digits.
  package mutating func write(_ date: WireDate) {
    let civil = CivilDate(seconds: date.seconds)
    if !(0...9999).contains(civil.year) { append(civil.year < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")) }
    write(decimal: civil.year.magnitude, width: (0...9999).contains(civil.year) ? 4 : 5)
    write("-", civil.month)
    write("-", civil.day)
    write("T", civil.hour)
    write(":", civil.minute)
    write(":", civil.second)
    if date.nanoseconds > 0 {
      append(UInt8(ascii: "."))
      write(decimal: UInt64(date.nanoseconds), width: 9)
      while last == UInt8(ascii: "0") { removeLast() }
    }
    append(UInt8(ascii: "Z"))
  }

  private mutating func write(_ separator: Unicode.Scalar, _ number: Int64) {
    append(UInt8(ascii: separator))
    write(decimal: number.magnitude, width: 2)
  }
}

/// The digit of a number up to 15.
private func hexadecimalDigit(_ number: UInt8) -> UInt8 {
  number < 10 ? UInt8(ascii: "0") + number : UInt8(ascii: "a") + number - 10
}

extension IPv6Address {
  /// One of the eight numbers of its text form.
  fileprivate func group(_ index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index & 3)))
  }

  /// The first of the longest runs of two or more zero groups; empty when there is none.
  fileprivate var longestZeros: Range<Int> {
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, group(end) == 0 { end += 1 }
      if end - start >= 2, end - start > best.count { best = start..<end }
      start = Swift.max(end, start + 1)
    }
    return best
  }
}

/// The text that `write` appends.
func asciiText(_ write: (inout [UInt8]) -> Void) -> String {
  var octets: [UInt8] = []
  write(&octets)
  return String(decoding: octets, as: UTF8.self)
}

/// Lower-case hexadecimal, two digits an octet.
package func hexadecimal(_ octets: some Sequence<UInt8>) -> String {
  asciiText { for octet in octets { $0.write(hexadecimal: octet) } }
}
