import Wire

/// The format of libpcap: a header, then records.
struct Pcap: Sendable {
  static let headerCount = 24
  static let recordHeaderCount = 16

  let isLittleEndian: Bool
  /// Of one count of a record's fraction of a second: 1, or 1000 where those are microseconds.
  let nanoseconds: UInt64
  var linkType: UInt32 = 0

  /// - Parameter magic: the file's first four octets, in network order.
  init?(magic: UInt64) {
    switch magic {
    case 0xa1b2_c3d4: (isLittleEndian, nanoseconds) = (false, 1000)
    case 0xd4c3_b2a1: (isLittleEndian, nanoseconds) = (true, 1000)
    case 0xa1b2_3c4d: (isLittleEndian, nanoseconds) = (false, 1)
    case 0x4d3c_b2a1: (isLittleEndian, nanoseconds) = (true, 1)
    default: return nil
    }
  }

  func reading(_ header: ArraySlice<UInt8>) -> Pcap {
    var pcap = self
    // Above the link type stands whether frames end with a checksum.
    pcap.linkType = UInt32(header.number(20, 4, isLittleEndian: isLittleEndian) & 0xffff)
    return pcap
  }

  func record(_ reader: inout CaptureReader) throws(CaptureError) -> CapturedPacket? {
    guard let header = try reader.peek(Self.recordHeaderCount, "record") else { return nil }
    func number(_ offset: Int) -> UInt64 { header.number(offset, 4, isLittleEndian: isLittleEndian) }
    let count = Int(number(8))
    guard count <= CaptureReader.limit else { throw reader.error("a record of \(count) octets; no packet has so many") }
    guard let record = try reader.peek(Self.recordHeaderCount + count, "record") else { return nil }
    let time = WireDate(seconds: Int64(number(0)), nanoseconds: UInt32(min(number(4) * nanoseconds, 999_999_999)))
    reader.take(Self.recordHeaderCount + count)
    return CapturedPacket(
      number: reader.nextNumber(), time: time, linkType: linkType,
      octets: Array(record.dropFirst(Self.recordHeaderCount)), originalCount: Int(number(12)))
  }
}
