/// Octets of packets, from the inside out, and of capture files with them.
enum Build {
  static func join(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

  static func big(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).reversed().map { UInt8(value >> ($0 * 8) & 0xff) } }

  static func little(_ value: Int, _ size: Int) -> [UInt8] { big(value, size).reversed() }

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  static func udp(_ source: Int, _ destination: Int, _ payload: [UInt8]) -> [UInt8] {
    join(big(source, 2), big(destination, 2), big(8 + payload.count, 2), [0, 0], payload)
  }

  static func tcp(_ source: Int, _ destination: Int, sequence: Int, flags: UInt8 = 0x10, _ payload: [UInt8] = []) -> [UInt8] {
    let rest: [UInt8] = [0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]
    return join(big(source, 2), big(destination, 2), big(sequence, 4), rest, payload)
  }

  /// From 192.0.2.1 to 192.0.2.2.
  static func ipv4(_ transport: Int, _ payload: [UInt8], fragment: Int = 0, options: [UInt8] = []) -> [UInt8] {
    let header = 20 + options.count
    let addresses: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2]
    let start = join([UInt8(0x40 | header / 4), 0], big(header + payload.count, 2), [0, 0], big(fragment, 2))
    return join(start, [64, UInt8(transport), 0, 0], addresses, options, payload)
  }

  /// From 2001:db8::1 to 2001:db8::2.
  static func ipv6(_ next: Int, _ payload: [UInt8]) -> [UInt8] {
    let prefix = join([0x20, 0x01, 0x0d, 0xb8], zeros(11))
    return join([0x60, 0, 0, 0], big(payload.count, 2), [UInt8(next), 64], prefix, [1], prefix, [2], payload)
  }

  static func ethernet(_ type: Int, _ payload: [UInt8], tags: [Int] = []) -> [UInt8] {
    let list = tags.map { join(big($0, 2), [0, 7]) }
    return join([UInt8](repeating: 2, count: 12), Array(list.joined()), big(type, 2), payload)
  }

  /// A file of the classic format; its packets are a second apart, and half a second beyond each.
  static func pcap(_ packets: [[UInt8]], linkType: Int = 101, isLittleEndian: Bool = false, isNano: Bool = false) -> [UInt8] {
    let number = isLittleEndian ? little : big
    var octets = join(number(isNano ? 0xa1b2_3c4d : 0xa1b2_c3d4, 4), number(2, 2), number(4, 2), zeros(8))
    octets += join(number(65535, 4), number(linkType, 4))
    for (index, packet) in packets.enumerated() {
      octets += join(number(1_000_000_000 + index, 4), number(isNano ? 500_000_000 : 500_000, 4))
      octets += join(number(packet.count, 4), number(packet.count, 4), packet)
    }
    return octets
  }

  /// A block of pcapng.
  static func block(_ type: Int, _ body: [UInt8], isLittleEndian: Bool = true) -> [UInt8] {
    let number = isLittleEndian ? little : big
    let padding = zeros((4 - body.count % 4) % 4)
    let count = number(12 + body.count + padding.count, 4)
    return join(number(type, 4), count, body, padding, count)
  }

  static func section(isLittleEndian: Bool = true) -> [UInt8] {
    let number = isLittleEndian ? little : big
    let body = join(number(0x1a2b_3c4d, 4), number(1, 2), number(0, 2), number(-1, 8))
    return block(0x0a0d_0d0a, body, isLittleEndian: isLittleEndian)
  }

  /// - Parameter options: code, and octets of the value.
  static func interface(_ linkType: Int, options: [(Int, [UInt8])] = []) -> [UInt8] {
    var list: [UInt8] = []
    for (code, value) in options {
      list += join(little(code, 2), little(value.count, 2), value, zeros((4 - value.count % 4) % 4))
    }
    return block(1, join(little(linkType, 2), zeros(6), list, list.isEmpty ? [] : zeros(4)))
  }

  static func enhancedPacket(_ interface: Int, time: UInt64, _ packet: [UInt8], original: Int? = nil) -> [UInt8] {
    let times = join(little(Int(time >> 32), 4), little(Int(time & 0xffff_ffff), 4))
    return block(6, join(little(interface, 4), times, little(packet.count, 4), little(original ?? packet.count, 4), packet))
  }
}
