/// A type generated from a schema whose octets depend on the message around it: it has, or something in it has, a checksum
/// over what stands before it in the message.
///
/// Walking and writing it takes one argument more; what is not bound so pays nothing.
public protocol MessageBound: WireBody {
  /// As `check(_:at:_:)`.
  ///
  /// - Parameter message: the message from its first octet; empty when there is none, and nothing to compare with.
  static func check(
    _ octets: RawSpan, at offset: Int, _ check: inout Check, message: RawSpan
  ) throws(WireError) -> Layout

  /// As `write(into:)`.
  ///
  /// - Parameter message: what is to be put in when all of the message is written.
  func write(into output: inout OutputRawSpan, message: inout MessageWriting) throws(WireError)
}

extension MessageBound {
  public func write(into output: inout OutputRawSpan) throws(WireError) {
    var message = MessageWriting(from: output.byteCount)
    try write(into: &output, message: &message)
    message.settle(in: &output)
  }
}

extension Check {
  /// Checks the value of an element, which must be used up; a collecting walk goes on behind it whatever is wrong.
  @inlinable @inline(never)
  public mutating func element<Body: MessageBound>(
    _ type: Body.Type, _ name: WireName, _ octets: RawSpan, at offset: Int, message: RawSpan
  ) throws(WireError) {
    if isSilent { return }
    let outer = enter(name)
    let mark = mark
    do throws(WireError) {
      let layout = try Body.check(octets, at: offset, &self, message: message)
      if layout.end < octets.byteCount {
        try report(.trailing, at: offset &+ layout.end, code: code(Body.trailingCode))
      }
    } catch {
      try resume(after: error, at: mark)
    }
    leave(to: outer)
  }

  /// The same, in a protocol whose lists give codes to what is wrong in an element.
  ///
  /// - Parameter invalid: the code of errors that name none of their own; nil when the list gives none.
  @inlinable
  public mutating func element<Body: MessageBound>(
    _ type: Body.Type, _ name: WireName, _ octets: RawSpan, at offset: Int, message: RawSpan, invalid: ProtocolCode?
  ) throws(WireError) {
    let outer = elementCode
    elementCode = invalid
    try element(type, name, octets, at: offset, message: message)
    elementCode = outer
  }

  /// The same, of an element whose length counts its padding too.
  @inlinable
  public mutating func element<Body: MessageBound>(
    _ type: Body.Type, _ name: WireName, _ octets: RawSpan, at offset: Int, message: RawSpan, invalid: ProtocolCode?,
    alignment: Int, checksPadding: Bool, paddingCode: ProtocolCode
  ) throws(WireError) {
    if isSilent { return }
    let (outer, outerCode, mark) = (enter(name), elementCode, mark)
    elementCode = invalid
    var padding = 0
    do throws(WireError) {
      let layout = try Body.check(octets, at: offset, &self, message: message)
      padding = octets.byteCount &- layout.end
      if padding >= alignment { try report(.trailing, at: offset &+ layout.end, code: code(Body.trailingCode)) }
    } catch {
      try resume(after: error, at: mark)
    }
    elementCode = outerCode
    leave(to: outer)
    guard checksPadding, padding < alignment else { return }
    try checkPadding(octets, count: padding, at: offset, code: paddingCode)
  }

  /// Checks a nested struct, which takes what it needs of what is left.
  @inlinable @inline(__always)
  public mutating func structure<Body: MessageBound>(
    _ type: Body.Type, _ name: WireName, _ octets: RawSpan, at offset: Int, message: RawSpan
  ) throws(WireError) -> Int {
    let outer = enter(name)
    let layout = try Body.check(octets, at: offset, &self, message: message)
    leave(to: outer)
    return layout.end
  }
}
