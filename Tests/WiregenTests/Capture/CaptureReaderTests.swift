import Testing
import VectorSupport
import Wire

@testable import WiregenCore

@Suite("Captures: files") struct CaptureReaderTests {
  /// All packets of a file, given to the reader in pieces.
  private func packets(_ file: [UInt8], piece: Int = 7) throws(CaptureError) -> [CapturedPacket] {
    var reader = CaptureReader()
    var packets: [CapturedPacket] = []
    for start in stride(from: 0, to: file.count, by: piece) {
      reader.append(Array(file[start..<min(start + piece, file.count)]))
      while let packet = try reader.next() { packets.append(packet) }
    }
    reader.finish()
    while let packet = try reader.next() { packets.append(packet) }
    return packets
  }

  private func failure(_ file: [UInt8]) -> String? {
    do throws(CaptureError) {
      _ = try packets(file)
      return nil
    } catch { return error.description }
  }

  @Test("The classic format, in either order and with either kind of fraction", arguments: [false, true], [false, true])
  func classic(isLittleEndian: Bool, isNano: Bool) throws {
    let file = Build.pcap([[1, 2, 3], [], [4]], linkType: 1, isLittleEndian: isLittleEndian, isNano: isNano)
    for piece in [1, 16, file.count] {
      let packets = try packets(file, piece: piece)
      #expect(packets.map(\.octets) == [[1, 2, 3], [], [4]])
      #expect(packets.map(\.number) == [1, 2, 3])
      #expect(packets.map(\.linkType) == [1, 1, 1])
      #expect(packets.map { $0.time.map { "\($0)" } } == (40...42).map { "2001-09-09T01:46:\($0).5Z" })
    }
  }

  @Test("pcapng: several sections and interfaces, blocks of other kinds, times of each interface") func pcapng() throws {
    let other = Build.block(0x0bad, [UInt8](repeating: 9, count: 40))
    let nano = Build.interface(101, options: [(2, Array("eth0".utf8)), (9, [9]), (14, Build.little(10, 8))])
    let binary = Build.interface(276, options: [(9, [0x80 | 10])])
    let first = Build.join(
      Build.section(), other, Build.interface(1), nano, binary, Build.enhancedPacket(0, time: 1_500_000, [1]), other,
      Build.enhancedPacket(1, time: 2_000_000_001, [2, 2], original: 9), Build.enhancedPacket(2, time: 1536, [3]),
      Build.block(3, Build.join(Build.little(4, 4), [7, 7, 7, 7])))
    let file = Build.join(first, Build.section(), Build.interface(113), Build.enhancedPacket(0, time: 0, [4, 4, 4]))
    let packets = try packets(file)
    #expect(packets.map(\.octets) == [[1], [2, 2], [3], [7, 7, 7, 7], [4, 4, 4]])
    #expect(packets.map(\.linkType) == [1, 101, 276, 1, 113])
    #expect(packets.map(\.originalCount) == [1, 9, 1, 4, 3])
    let times = packets.map { $0.time.map { "\($0)" } ?? "none" }
    #expect(
      times == [
        "1970-01-01T00:00:01.5Z", "1970-01-01T00:00:12.000000001Z", "1970-01-01T00:00:01.5Z", "none", "1970-01-01T00:00:00Z",
      ])
  }

  @Test("pcapng of the other order, and the old block of packets") func bigEndian() throws {
    let interface = Build.block(1, Build.join(Build.big(101, 2), Build.big(0, 6)), isLittleEndian: false)
    let counts = Build.join(Build.big(0, 4), Build.big(0, 8), Build.big(2, 4), Build.big(2, 4))
    let old = Build.block(2, Build.join(counts, [5, 6]), isLittleEndian: false)
    let packets = try packets(Build.section(isLittleEndian: false) + interface + old)
    #expect(packets.map(\.octets) == [[5, 6]])
  }

  @Test("What is no capture, and where one is broken") func failures() {
    let pcap = Build.pcap([[1, 2, 3]])
    #expect(failure([]) == "offset 0: the file is empty")
    #expect(failure([1, 2, 3]) == "offset 0: the file ends within a header")
    #expect(failure([1, 2, 3, 4, 5]) == "offset 0: neither pcap nor pcapng: it starts with 01020304")
    #expect(failure(pcap.dropLast()) == "offset 24: the file ends within a record")
    #expect(failure(Array(pcap[..<30])) == "offset 24: the file ends within a record")
    let large = Array(pcap[..<32]) + Build.big(1 << 25, 4) + Build.big(1 << 25, 4)
    #expect(failure(large) == "offset 24: a record of 33554432 octets; no packet has so many")
    let section = Build.section()
    #expect(
      failure(section + Build.enhancedPacket(0, time: 0, [1]))
        == "offset 28: a packet of interface 0, which the section does not describe")
    #expect(
      failure(section + [1, 0, 0, 0, 9, 0, 0, 0]) == "offset 28: a block of 9 octets; it must be 12 or more, and a multiple of 4")
    #expect(failure(section + [9, 0, 0, 0, 40, 0, 0, 0]) == "offset 36: the file ends within a block")
    #expect(failure(section.dropLast(4) + [0, 0]) == "offset 26: the file ends within a block")
    let fine = Build.interface(1, options: [(9, [0x80 | 70])])
    #expect(failure(section + fine) == "offset 28: times of an interface that are finer than can be read")
    var unordered = section
    unordered[8] = 0
    #expect(failure(unordered) == "offset 0: a section without the number that tells the order of octets")
  }

  @Test("Any octets give packets or an error") func total() {
    let packet = Build.ethernet(0x0800, Build.ipv4(17, Build.udp(1, 5351, [2, 0, 0, 0])))
    let files = [
      Build.pcap([packet, packet], linkType: 1),
      Build.join(
        Build.section(), Build.interface(1, options: [(9, [6]), (14, Build.little(3, 8))]),
        Build.enhancedPacket(0, time: 5, packet), Build.block(3, Build.join(Build.little(packet.count, 4), packet))),
    ]
    var mutator = Mutator(seed: 5)
    for file in files {
      for _ in 0..<3000 {
        do throws(CaptureError) { _ = try packets(mutator.mutate(file), piece: 61) } catch { #expect(!error.message.isEmpty) }
      }
    }
  }
}
