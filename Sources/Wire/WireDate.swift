/// A time: seconds and nanoseconds from 1970-01-01 00:00 UTC, leap seconds not counted.
public struct WireDate: Sendable, Hashable, BitwiseCopyable {
  /// Whole seconds since 1970-01-01 00:00 UTC; negative before.
  public let seconds: Int64
  /// Behind the whole second, from 0 to 999,999,999; forwards before 1970 too.
  public let nanoseconds: UInt32

  /// - Parameter nanoseconds: 999,999,999 at most; what is more counts as that.
  @inlinable
  public init(seconds: Int64, nanoseconds: UInt32 = 0) {
    self.seconds = seconds
    self.nanoseconds = min(nanoseconds, 999_999_999)
  }
}

extension WireDate: Comparable {
  @inlinable
  public static func < (left: Self, right: Self) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

extension WireDate: CustomStringConvertible {
  /// The form of RFC 3339, `1994-11-06T08:49:37.5Z`: in UTC, with a fraction only when it is not zero. Years outside 0 to
  /// 9999 have a sign and at least five digits.
  public var description: String { asciiText { $0.write(self) } }

  /// Any date of RFC 3339, whatever its offset, and what `description` gives; a second 60 is the next minute's first.
  ///
  /// Nil for anything else, for fractions finer than nanoseconds, and for what is too far away.
  public init?(_ text: some StringProtocol) {
    var scanner = DateScanner(text.utf8)
    guard let year = scanner.year(), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
      let day = scanner.number(2), scanner.take("T") || scanner.take("t"), let hour = scanner.number(2),
      scanner.take(":"), let minute = scanner.number(2), scanner.take(":"), let second = scanner.number(2),
      let nanoseconds = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd,
      let date = CivilDate(year: year, month: month, day: day, hour: hour, minute: minute, second: second),
      let seconds = date.seconds(east: offset)
    else { return nil }
    self.init(seconds: seconds, nanoseconds: nanoseconds)
  }
}

/// A date and a time of day in the Gregorian calendar, which is taken to have been in use for ever.
struct CivilDate {
  var year: Int64
  /// From 1.
  var month: Int64
  /// From 1.
  var day: Int64
  var hour: Int64
  var minute: Int64
  /// Up to 60.
  var second: Int64

  /// Nil when there is no such date.
  init?(year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64) {
    guard (1...12).contains(month), day >= 1, day <= CivilDate.days(in: month, of: year), (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// The date of a number of seconds since 1970-01-01.
  init(seconds: Int64) {
    let time = modulo(seconds, 86_400)
    hour = time / 3600
    minute = time / 60 % 60
    second = time % 60
    // Years start in March here, so that the leap day is the last of its year; 1970-01-01 is day 719,468 of year 0, and
    // 400 years have 146,097 days.
    let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0) + 719_468
    let dayOfEra = modulo(days, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    // Five months from March on, and from August on, have 153 days.
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = (days - dayOfEra) / 146_097 * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }

  static func isLeap(_ year: Int64) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }

  static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 31
    }
  }

  /// Days since 1970-01-01.
  var days: Int64 {
    let year = month <= 2 ? self.year - 1 : self.year
    let yearOfEra = modulo(year, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return (year - yearOfEra) / 400 * 146_097 + dayOfEra - 719_468
  }

  /// 0 for Sunday.
  var weekday: Int { Int(modulo(days + 4, 7)) }

  /// Seconds since 1970-01-01 00:00 UTC, the time being that of a place so many seconds ahead; nil when too many.
  func seconds(east offset: Int64) -> Int64? {
    let time = hour * 3600 + minute * 60 + second - offset
    return Int64(exactly: Int128(days) * 86_400 + Int128(time))
  }
}

/// The remainder that is never negative.
private func modulo(_ number: Int64, _ divisor: Int64) -> Int64 {
  let remainder = number % divisor
  return remainder < 0 ? remainder + divisor : remainder
}

/// Reads the parts of a date of RFC 3339.
private struct DateScanner {
  private var rest: ArraySlice<UInt8>

  /// More than the longest date has.
  private static let limit = 100

  init(_ text: some Sequence<UInt8>) { rest = Array(text.prefix(DateScanner.limit))[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func digit() -> Int64? {
    guard let first = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return nil }
    rest.removeFirst()
    return Int64(first - UInt8(ascii: "0"))
  }

  /// So many digits.
  mutating func number(_ count: Int) -> Int64? {
    var number: Int64 = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      number = number * 10 + digit
    }
    return number
  }

  /// Four digits, or a sign and from five to twelve.
  mutating func year() -> Int64? {
    let isNegative = take("-")
    guard isNegative || take("+") else { return number(4) }
    guard var year = number(5) else { return nil }
    for _ in 0..<7 {
      guard let digit = digit() else { break }
      year = year * 10 + digit
    }
    return isNegative ? -year : year
  }

  /// Nanoseconds; 0 when there is no fraction.
  mutating func fraction() -> UInt32? {
    guard take(".") else { return 0 }
    var nanoseconds: Int64 = 0
    var weight: Int64 = 100_000_000
    guard var digit = digit() else { return nil }
    while true {
      if weight == 0 && digit != 0 { return nil }
      nanoseconds += digit * weight
      weight /= 10
      guard let next = self.digit() else { return UInt32(nanoseconds) }
      digit = next
    }
  }

  /// Seconds that the time is ahead of UTC.
  mutating func offset() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let isWest = take("-")
    guard isWest || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours <= 23, minutes <= 59
    else { return nil }
    let offset = hours * 3600 + minutes * 60
    return isWest ? -offset : offset
  }
}
