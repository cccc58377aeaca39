import Wire

/// A packet as a capture file has it.
public struct CapturedPacket: Sendable {
  /// Its place in the file, from 1.
  public var number: Int
  /// When it was captured; nil where the file does not say.
  public var time: WireDate?
  /// What it starts with: a number of the registry of link types, 1 for Ethernet.
  public var linkType: UInt32
  /// As many as were captured.
  public var octets: [UInt8]
  /// How many the packet had.
  public var originalCount: Int
}

/// Why a file is no capture, or cannot be read further.
public struct CaptureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Octets from the start of the file.
  public var offset: Int
  public var message: String

  public var description: String { "offset \(offset): \(message)" }
}

/// Reads capture files, pcap and pcapng, piece by piece: memory grows with a packet and not with the file.
///
/// Any octets give packets or an error. What a block of pcapng says that is no packet is passed over.
public struct CaptureReader: Sendable {
  /// No record or block may have more octets; programs capture 262,144 of a packet at most.
  static let limit = 1 << 24

  enum Format {
    case unknown
    case pcap(Pcap)
    case pcapng(Pcapng)
  }

  var format = Format.unknown
  /// Octets that are there and have not been read.
  private var octets: [UInt8] = []
  /// The first of them that has not been read.
  private var start = 0
  /// Octets of the file before `octets`.
  private var before = 0
  /// Octets still to pass over.
  private var skipped = 0
  private var isFinished = false
  var count = 0

  /// A reader at the start of a file.
  public init() {}

  /// The next octets of the file.
  public mutating func append(_ more: [UInt8]) {
    if start > 0 {
      octets.removeFirst(start)
      before += start
      start = 0
    }
    octets += more
  }

  /// There are no more octets.
  public mutating func finish() { isFinished = true }

  /// The next packet.
  ///
  /// - Returns: nil when more octets are needed, or after `finish` when the file has ended as it should.
  /// - Throws: what is wrong with the file; there is nothing to read behind that.
  public mutating func next() throws(CaptureError) -> CapturedPacket? {
    while true {
      let passed = min(skipped, octets.count - start)
      start += passed
      skipped -= passed
      guard skipped == 0 else {
        guard !isFinished else { throw error("the file ends within a block") }
        return nil
      }
      switch format {
      case .unknown: if try !readFormat() { return nil }
      case .pcap(let pcap):
        guard let record = try pcap.record(&self) else { return nil }
        return record
      case .pcapng(var pcapng):
        let step = try pcapng.step(&self)
        format = .pcapng(pcapng)
        switch step {
        case .packet(let packet): return packet
        case .passed: continue
        case .starved: return nil
        }
      }
    }
  }

  /// - Returns: whether the first octets are there.
  private mutating func readFormat() throws(CaptureError) -> Bool {
    guard let magic = try peek(4, "header")?.number(0, 4, isLittleEndian: false) else {
      guard !isFinished else { throw error("the file is empty") }
      return false
    }
    if magic == Pcapng.sectionType {
      format = .pcapng(Pcapng())
      return true
    }
    guard let pcap = Pcap(magic: magic) else {
      throw error("neither pcap nor pcapng: it starts with \(hexadecimal(octets[start..<start + 4]))")
    }
    guard let header = try peek(Pcap.headerCount, "header") else { return false }
    format = .pcap(pcap.reading(header))
    take(Pcap.headerCount)
    return true
  }
}

// MARK: - For the formats

extension CaptureReader {
  /// The next octets, which stay where they are; nil when more are needed, or at the end of the file.
  ///
  /// - Throws: when the file ends within them.
  func peek(_ count: Int, _ what: String) throws(CaptureError) -> ArraySlice<UInt8>? {
    guard octets.count - start >= count else {
      guard isFinished, start < octets.count else { return nil }
      throw error("the file ends within a \(what)")
    }
    return octets[start..<start + count]
  }

  mutating func take(_ count: Int) { start += count }

  /// Passes over octets, also those that are not there yet.
  mutating func skip(_ count: Int) { skipped += count }

  mutating func nextNumber() -> Int {
    count += 1
    return count
  }

  func error(_ message: String) -> CaptureError { CaptureError(offset: before + start, message: message) }
}

extension ArraySlice<UInt8> {
  /// The unsigned number in `size` octets from `offset` of the slice, which has them.
  func number(_ offset: Int, _ size: Int, isLittleEndian: Bool) -> UInt64 {
    var value: UInt64 = 0
    for place in 0..<size {
      value = value << 8 | UInt64(self[startIndex + offset + (isLittleEndian ? size - 1 - place : place)])
    }
    return value
  }

  /// The big-endian (network order) number in two octets.
  func short(_ offset: Int) -> Int { Int(number(offset, 2, isLittleEndian: false)) }
}
