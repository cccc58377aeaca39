import Machine
import PCPWire
import Wire

@testable import PCP

/// What befalls a fleet.
extension Fleet {
  /// One thing of many, at random.
  mutating func misfortune() {
    guard let place = places.randomElement(using: &random) else { return }
    switch random.number(in: 0...99) {
    case 0...29: changeMind(at: place)
    case 30...34:
      note("\(place) starts again")
      startProgram(at: place)
      count("programs started again")
    case 35...49:
      isolate(place, for: .seconds(random.number(in: 1...200 as ClosedRange<Int64>)))
    case 50...57:
      killServer()
      count("servers killed")
    case 58...79: startServer()
    case 80...85: setCalendar()
    case 86...89: changeAddresses()
    default: changeNetwork()
    }
  }

  /// All is well again, as far as it can be.
  mutating func heal() {
    faults = Faults()
    startServer()
    for place in places { isolate(place, for: .zero) }
    tellServer { $0.perform(.externalAddressesChanged([address("192.0.2.1"), address("192.0.2.2")]), at: $1) }
  }

  private mutating func changeMind(at place: PeerAddress) {
    let number = random.number(in: 1...5 as ClosedRange<UInt64>)
    let id = ClientMachine.RequestID(rawValue: number)
    if programs[place]?.wants[id] != nil && random.number(in: 0...1) == 0 { return delete(id, at: place) }
    let lifetime = ([60, 120, 300, 600] as [UInt32])[random.number(in: 0...3)]
    let port = UInt16(100 + number)
    if number == 5 {
      let wish = PeerWish(.udp, internalPort: port, remotePort: 9, remoteAddress: address("203.0.113.5"), lifetime: lifetime)
      return want(id, .peer(wish), at: place)
    }
    var wish = MapWish(number == 4 ? .tcp : .udp, internalPort: port, lifetime: lifetime)
    // All would like the same few ports.
    if number == 1 { wish.externalPort = UInt16(random.number(in: 2000...2003)) }
    want(id, .map(wish), at: place)
  }

  private mutating func setCalendar() {
    // At most an hour between any two settings.
    let seconds = random.number(in: -1800...1800 as ClosedRange<Int64>)
    calendarOffset = .seconds(1_000_000_000 + seconds)
    note("the calendar is set")
    count("calendars set")
  }

  private mutating func changeAddresses() {
    let choices = [["192.0.2.1", "192.0.2.2"], ["192.0.2.2"], ["192.0.2.3", "192.0.2.1"]]
    let addresses = choices[random.number(in: 0...2)].map { address($0) }
    note("the external addresses are \(addresses)")
    tellServer { $0.perform(.externalAddressesChanged(addresses), at: $1) }
    count("addresses changed")
  }

  private mutating func changeNetwork() {
    faults = Faults(
      lost: random.number(in: 0...40), repeated: random.number(in: 0...20), longestDelay: random.number(in: 0.01...4),
      failing: random.number(in: 0...10))
    note("the network is now \(faults)")
  }
}
