import Wire

/// The format pcapng: sections of blocks, some of which describe interfaces and some of which are packets.
struct Pcapng: Sendable {
  /// The type of the block that starts a section; it reads the same in both orders.
  static let sectionType: UInt64 = 0x0a0d_0d0a

  /// What packets of an interface start with, and how they count time.
  struct Interface {
    var linkType: UInt32
    /// Octets kept of a packet; 0 for all.
    var snapCount: Int
    var clock = Clock()
  }

  enum Step {
    case packet(CapturedPacket)
    case passed
    case starved
  }

  private enum BlockType {
    static let interface: UInt64 = 1
    static let packet: UInt64 = 2
    static let simplePacket: UInt64 = 3
    static let enhancedPacket: UInt64 = 6
  }

  private var isLittleEndian = false
  private var interfaces: [Interface] = []

  /// Reads a block, or says that it has to be passed over.
  mutating func step(_ reader: inout CaptureReader) throws(CaptureError) -> Step {
    guard let head = try reader.peek(8, "block") else { return .starved }
    if head.number(0, 4, isLittleEndian: false) == Self.sectionType {
      guard let start = try reader.peek(12, "block") else { return .starved }
      try startSection(start, reader)
    }
    let type = head.number(0, 4, isLittleEndian: isLittleEndian)
    let count = Int(head.number(4, 4, isLittleEndian: isLittleEndian))
    guard count >= 12, count.isMultiple(of: 4) else {
      throw reader.error("a block of \(count) octets; it must be 12 or more, and a multiple of 4")
    }
    let isRead = [BlockType.interface, BlockType.packet, BlockType.simplePacket, BlockType.enhancedPacket].contains(type)
    guard isRead else {
      reader.skip(count)
      return .passed
    }
    guard count <= CaptureReader.limit else { throw reader.error("a block of \(count) octets; no packet has so many") }
    guard let block = try reader.peek(count, "block") else { return .starved }
    let body = block.dropFirst(8).dropLast(4)
    let packet = try read(type, body, reader)
    reader.take(count)
    guard var packet else { return .passed }
    packet.number = reader.nextNumber()
    return .packet(packet)
  }

  private mutating func startSection(_ start: ArraySlice<UInt8>, _ reader: CaptureReader) throws(CaptureError) {
    switch start.number(8, 4, isLittleEndian: false) {
    case 0x1a2b_3c4d: isLittleEndian = false
    case 0x4d3c_2b1a: isLittleEndian = true
    default: throw reader.error("a section without the number that tells the order of octets")
    }
    interfaces = []
  }

  /// - Returns: nil for what is no packet; the number of a packet is set later.
  private mutating func read(
    _ type: UInt64, _ body: ArraySlice<UInt8>, _ reader: CaptureReader
  ) throws(CaptureError) -> CapturedPacket? {
    switch type {
    case BlockType.interface:
      interfaces.append(try interface(body, reader))
      return nil
    case BlockType.simplePacket: return try simplePacket(body, reader)
    case BlockType.packet: return try packet(body, interface: short(body, 0), reader)
    default: return try packet(body, interface: long(body, 0), reader)
    }
  }

  private func interface(_ body: ArraySlice<UInt8>, _ reader: CaptureReader) throws(CaptureError) -> Interface {
    guard body.count >= 8 else { throw reader.error("a description of an interface that is too short") }
    var interface = Interface(linkType: UInt32(short(body, 0)), snapCount: long(body, 4))
    var options = body.dropFirst(8)
    while options.count >= 4 {
      let (code, count) = (short(options, 0), short(options, 2))
      let value = options.dropFirst(4).prefix(count)
      if code == 0 { break }
      guard value.count == count else { throw reader.error("an option of an interface that is longer than its block") }
      if code == 9, count == 1, !interface.clock.setResolution(value[value.startIndex]) {
        throw reader.error("times of an interface that are finer than can be read")
      }
      if code == 14, count == 8 {
        interface.clock.offset = Int64(bitPattern: value.number(0, 8, isLittleEndian: isLittleEndian))
      }
      options = options.dropFirst(4 + (count + 3) / 4 * 4)
    }
    return interface
  }

  private func packet(
    _ body: ArraySlice<UInt8>, interface number: @autoclosure () -> Int, _ reader: CaptureReader
  ) throws(CaptureError) -> CapturedPacket {
    guard body.count >= 20 else { throw reader.error("a packet that is shorter than its header") }
    let interface = try interface(number(), reader)
    let count = long(body, 12)
    guard count <= body.count - 20 else { throw reader.error("a packet of \(count) octets in a block that has fewer") }
    let time = UInt64(long(body, 4)) << 32 | UInt64(long(body, 8))
    return CapturedPacket(
      number: 0, time: interface.clock.date(time), linkType: interface.linkType,
      octets: Array(body.dropFirst(20).prefix(count)), originalCount: long(body, 16))
  }

  private func simplePacket(_ body: ArraySlice<UInt8>, _ reader: CaptureReader) throws(CaptureError) -> CapturedPacket {
    guard body.count >= 4 else { throw reader.error("a packet that is shorter than its header") }
    let interface = try interface(0, reader)
    var count = min(long(body, 0), body.count - 4)
    if interface.snapCount > 0 { count = min(count, interface.snapCount) }
    return CapturedPacket(
      number: 0, time: nil, linkType: interface.linkType, octets: Array(body.dropFirst(4).prefix(count)),
      originalCount: long(body, 0))
  }

  private func interface(_ index: Int, _ reader: CaptureReader) throws(CaptureError) -> Interface {
    guard interfaces.indices.contains(index) else {
      throw reader.error("a packet of interface \(index), which the section does not describe")
    }
    return interfaces[index]
  }

  private func short(_ octets: ArraySlice<UInt8>, _ offset: Int) -> Int {
    Int(octets.number(offset, 2, isLittleEndian: isLittleEndian))
  }

  private func long(_ octets: ArraySlice<UInt8>, _ offset: Int) -> Int {
    Int(octets.number(offset, 4, isLittleEndian: isLittleEndian))
  }
}

extension Pcapng {
  /// How an interface counts time.
  struct Clock: Sendable {
    /// Counts in a second: a power of ten, or of two.
    private var countsPerSecond: UInt64 = 1_000_000
    /// Seconds to add.
    var offset: Int64 = 0

    /// - Parameter resolution: the negative power of ten, or with the highest bit set of two, that one count is.
    /// - Returns: false when a count would be less than can be told.
    mutating func setResolution(_ resolution: UInt8) -> Bool {
      let power = resolution & 0x7f
      if resolution & 0x80 != 0 {
        guard power < 64 else { return false }
        countsPerSecond = 1 << UInt64(power)
      } else {
        guard power < 20 else { return false }
        countsPerSecond = (0..<power).reduce(1) { product, _ in product * 10 }
      }
      return true
    }

    func date(_ count: UInt64) -> WireDate {
      let (seconds, rest) = count.quotientAndRemainder(dividingBy: countsPerSecond)
      let (high, low) = rest.multipliedFullWidth(by: 1_000_000_000)
      let nanoseconds = countsPerSecond.dividingFullWidth((high, low)).quotient
      return WireDate(seconds: Int64(clamping: seconds) &+ offset, nanoseconds: UInt32(nanoseconds))
    }
  }
}
