import Testing
import Wire

@Suite("Checksums")
struct ChecksumTests {
  let check = Array("123456789".utf8)

  @Test("The check values of the algorithms")
  func checkValues() {
    check.withRawSpan { octets in
      #expect(octets.crc16(0..<9) == 0xBB3D)
      #expect(octets.crc32(0..<9) == 0xCBF4_3926)
      #expect(octets.crc32c(0..<9) == 0xE306_9283)
      #expect(octets.sum8(0..<9) == 0xDD)
      #expect(octets.xor8(0..<9) == 0x31)
    }
  }

  @Test("The example of RFC 1071, section 3, and the header of an IPv4 packet")
  func internet() {
    hex("0001 f203 f4f5 f6f7").withRawSpan { #expect($0.internetChecksum(0..<8) == ~0xDDF2) }
    hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7").withRawSpan {
      #expect($0.internetChecksum(0..<20, without: 10..<12) == 0xB861)
      #expect($0.internetChecksum(0..<20) == 0)
    }
    // An odd octet counts as the first of a word.
    hex("01 02 03").withRawSpan { #expect($0.internetChecksum(0..<3) == ~0x0402) }
    hex("ff 01 02").withRawSpan { #expect($0.internetChecksum(1..<3) == ~0x0102) }
    [UInt8]().withRawSpan { #expect($0.internetChecksum(0..<0) == 0xFFFF) }
  }

  @Test("Its own octets count as zero, and ranges are those of the octets there are")
  func own() {
    let zeros = Array("12".utf8) + [0, 0] + Array("56789".utf8)
    check.withRawSpan { octets in
      zeros.withRawSpan { zeros in
        #expect(octets.crc32(0..<9, without: 2..<4) == zeros.crc32(0..<9))
        #expect(octets.crc32c(0..<20, without: 2..<4) == zeros.crc32c(0..<9))
        #expect(octets.crc16(1..<9, without: 2..<4) == zeros.crc16(1..<9))
        #expect(octets.sum8(0..<9, without: 2..<4) == zeros.sum8(0..<9))
        #expect(octets.xor8(0..<3, without: 2..<4) == zeros.xor8(0..<3))
        #expect(octets.internetChecksum(0..<9, without: 2..<4) == zeros.internetChecksum(0..<9))
      }
      #expect(octets.crc32(3..<9, without: 0..<2) == octets.crc32(3..<9))
      #expect(octets.sum8(20..<30) == 0)
    }
  }

  @Test("A checksum that goes on from that of the octets before") func continued() {
    let octets = (0..<64).map { UInt8(truncatingIfNeeded: $0 &* 0x9D &+ 7) }
    octets.withRawSpan { octets in
      for split in stride(from: 0, through: 64, by: 2) {
        for end in split...64 {
          let (head, tail) = (0..<split, split..<end)
          #expect(octets.internetChecksum(tail, after: octets.internetChecksum(head)) == octets.internetChecksum(0..<end))
          #expect(octets.crc16(tail, after: octets.crc16(head)) == octets.crc16(0..<end))
          #expect(octets.crc32(tail, after: octets.crc32(head)) == octets.crc32(0..<end))
          #expect(octets.crc32c(tail, after: octets.crc32c(head)) == octets.crc32c(0..<end))
        }
      }
    }
  }
}
