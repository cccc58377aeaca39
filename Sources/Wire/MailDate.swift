// Dates as RFC 1123 section 5.2.14 writes them, `Sun, 06 Nov 1994 08:49:37 GMT`; read and written without the heap.

extension WireDate {
  /// Whether its year is from 0 to 9999, which is what `OutputRawSpan.mailDate(_:)` can write.
  @inlinable
  public var hasMailForm: Bool { seconds >= -62_167_219_200 && seconds < 253_402_300_800 }

  /// The 29 octets it is sent as; nil when its year is not from 0 to 9999.
  package var mailOctets: [UInt8]? {
    guard hasMailForm else { return nil }
    return try? [UInt8].filled(capacity: 29) { (output: inout OutputRawSpan) throws(WireError) in output.mailDate(self) }
  }
}

extension RawSpan {
  /// The date in `count` octets at `offset`; nil when they are none.
  ///
  /// `[Www, ]D Mon YYYY HH:MM[:SS] ZONE` with single blanks; letters of either case; days of one or two digits, years of two
  /// (from 1950 to 2049) or four; the zones of RFC 822 by name, or as `+hhmm`. A second 60 is the next minute's first. A day
  /// of the week that is not the date's is an error, and so is a time whose year in UTC is not from 0 to 9999.
  public func mailDate(_ offset: Int, count: Int) -> WireDate? {
    var scanner = MailDateScanner(position: offset, end: offset &+ count)
    return scanner.date(self)
  }
}

extension OutputRawSpan {
  /// Appends the 29 octets of a date whose year is from 0 to 9999; of other years the last four digits.
  @_lifetime(self: copy self)
  public mutating func mailDate(_ date: WireDate) {
    let civil = CivilDate(seconds: date.seconds)
    name(MailNames.weekday(civil.weekday))
    big(UInt8(ascii: ","))
    blank(digits: civil.day, 2)
    big(UInt8(ascii: " "))
    name(MailNames.month(civil.month))
    blank(digits: civil.year.magnitude % 10_000, 4)
    blank(digits: civil.hour, 2)
    big(UInt8(ascii: ":"))
    digits(civil.minute, 2)
    big(UInt8(ascii: ":"))
    digits(civil.second, 2)
    big(UInt32(0x2047_4D54))
  }

  /// Three letters, the first of them capital.
  @_lifetime(self: copy self)
  private mutating func name(_ letters: UInt32) {
    big(UInt8(truncatingIfNeeded: letters >> 16) & 0xDF)
    big(UInt16(truncatingIfNeeded: letters))
  }

  @_lifetime(self: copy self)
  private mutating func blank(digits number: some BinaryInteger, _ count: Int) {
    big(UInt8(ascii: " "))
    digits(number, count)
  }

  @_lifetime(self: copy self)
  private mutating func digits(_ number: some BinaryInteger, _ count: Int) {
    var weight = count == 4 ? 1000 : 10
    for _ in 0..<count {
      big(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: Int(truncatingIfNeeded: number) / weight % 10))
      weight /= 10
    }
  }
}

/// Words of three small letters, as numbers of 24 bits.
private enum MailNames {
  /// From 0, Sunday.
  static func weekday(_ number: Int) -> UInt32 {
    switch number {
    case 0: 0x73_756E
    case 1: 0x6D_6F6E
    case 2: 0x74_7565
    case 3: 0x77_6564
    case 4: 0x74_6875
    case 5: 0x66_7269
    default: 0x73_6174
    }
  }

  /// From 1.
  static func month(_ number: Int64) -> UInt32 {
    switch number {
    case 1: 0x6A_616E
    case 2: 0x66_6562
    case 3: 0x6D_6172
    case 4: 0x61_7072
    case 5: 0x6D_6179
    case 6: 0x6A_756E
    case 7: 0x6A_756C
    case 8: 0x61_7567
    case 9: 0x73_6570
    case 10: 0x6F_6374
    case 11: 0x6E_6F76
    default: 0x64_6563
    }
  }

  /// Hours that a zone is ahead of UTC; nil when it is none.
  static func zone(_ word: UInt32) -> Int64? {
    switch word {
    case 0x67_6D74, 0x75_7463, 0x7574, 0x7A: 0  // gmt utc ut z
    case 0x65_6474: -4  // edt
    case 0x65_7374, 0x63_6474: -5  // est cdt
    case 0x63_7374, 0x6D_6474: -6  // cst mdt
    case 0x6D_7374, 0x70_6474: -7  // mst pdt
    case 0x70_7374: -8  // pst
    default: nil
    }
  }
}

/// Reads the parts of a date; given the octets with each step, since it cannot hold them.
private struct MailDateScanner {
  var position: Int
  let end: Int

  mutating func date(_ octets: RawSpan) -> WireDate? {
    var weekday: UInt32?
    if next(octets).map(isLetter) ?? false {
      weekday = word(octets)
      guard take(",", octets), take(" ", octets) else { return nil }
    }
    guard let day = number(1...2, octets), take(" ", octets), let month = month(octets), take(" ", octets),
      let year = year(octets), take(" ", octets), let hour = number(2...2, octets), take(":", octets),
      let minute = number(2...2, octets), let second = second(octets), take(" ", octets), let offset = zone(octets),
      position == end,
      let date = CivilDate(year: year, month: month, day: day, hour: hour, minute: minute, second: second),
      let seconds = date.seconds(east: offset), WireDate(seconds: seconds).hasMailForm
    else { return nil }
    if let weekday, weekday != MailNames.weekday(date.weekday) { return nil }
    return WireDate(seconds: seconds)
  }

  private func next(_ octets: RawSpan) -> UInt8? { position < end ? octets.big(position, as: UInt8.self) : nil }

  private func isLetter(_ octet: UInt8) -> Bool { octet | 0x20 >= UInt8(ascii: "a") && octet | 0x20 <= UInt8(ascii: "z") }

  private mutating func take(_ character: Unicode.Scalar, _ octets: RawSpan) -> Bool {
    guard next(octets) == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Up to four letters, made small, as a number.
  private mutating func word(_ octets: RawSpan) -> UInt32 {
    var word: UInt32 = 0
    let limit = position + 4
    while position < limit, let octet = next(octets), isLetter(octet) {
      word = word << 8 | UInt32(octet | 0x20)
      position += 1
    }
    return word
  }

  private mutating func number(_ count: ClosedRange<Int>, _ octets: RawSpan) -> Int64? {
    var number: Int64 = 0
    let start = position
    while position - start < count.upperBound, let octet = next(octets), octet >= 48, octet <= 57 {
      number = number * 10 + Int64(octet - 48)
      position += 1
    }
    return position - start >= count.lowerBound ? number : nil
  }

  private mutating func month(_ octets: RawSpan) -> Int64? {
    let word = word(octets)
    for month: Int64 in 1...12 where word == MailNames.month(month) { return month }
    return nil
  }

  private mutating func year(_ octets: RawSpan) -> Int64? {
    let start = position
    guard let year = number(2...4, octets) else { return nil }
    switch position - start {
    case 2: return year < 50 ? 2000 + year : 1900 + year
    case 4: return year
    default: return nil
    }
  }

  /// 0 when there are none.
  private mutating func second(_ octets: RawSpan) -> Int64? {
    take(":", octets) ? number(2...2, octets) : 0
  }

  /// Seconds that the time is ahead of UTC.
  private mutating func zone(_ octets: RawSpan) -> Int64? {
    let isWest = take("-", octets)
    guard isWest || take("+", octets) else { return MailNames.zone(word(octets)).map { $0 * 3600 } }
    guard let number = number(4...4, octets), number / 100 <= 23, number % 100 <= 59 else { return nil }
    let offset = number / 100 * 3600 + number % 100 * 60
    return isWest ? -offset : offset
  }
}
