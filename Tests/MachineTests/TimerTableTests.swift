import Machine
import Testing

@Suite struct TimerTableTests {
  private func moment(_ seconds: Int) -> Instant { .origin + .seconds(seconds) }

  @Test("Deadlines come out in their order, equal ones as they were set")
  func order() {
    var table = TimerTable<String>()
    table.set("c", at: moment(3))
    table.set("a", at: moment(1))
    table.set("b", at: moment(3))
    #expect(table.nextDeadline == moment(1))
    #expect(table.popExpired(at: moment(0)) == nil)
    #expect(table.popExpired(at: moment(3)) == "a")
    #expect(table.popExpired(at: moment(3)) == "c")
    #expect(table.popExpired(at: moment(3)) == "b")
    #expect(table.popExpired(at: moment(3)) == nil)
    #expect(table.nextDeadline == nil)
  }

  @Test("Setting again replaces, cancelling takes away")
  func replacement() {
    var table = TimerTable<Int>()
    table.set(1, at: moment(5))
    table.set(2, at: moment(6))
    table.set(1, at: moment(7))
    #expect(table.deadline(of: 1) == moment(7))
    #expect(table.nextDeadline == moment(6))
    table.cancel(2)
    table.cancel(2)
    #expect(table.nextDeadline == moment(7))
    #expect(table.count == 1)
  }

  @Test("Agrees with a sorted array over random runs", arguments: 0..<50 as Range<UInt64>)
  func model(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var table = TimerTable<Int>()
    var model: [Int: Instant] = [:]
    for _ in 0..<500 {
      let key = random.number(in: 0...40)
      if random.number(in: 0...3) == 0 {
        table.cancel(key)
        model[key] = nil
      } else {
        let deadline = moment(random.number(in: 0...100))
        table.set(key, at: deadline)
        model[key] = deadline
      }
      #expect(table.nextDeadline == model.values.min(), "seed \(seed)")
      #expect(table.count == model.count, "seed \(seed)")
    }
    var last = Instant.origin
    while let key = table.popExpired(at: moment(50)) {
      let deadline = model.removeValue(forKey: key)
      #expect(deadline.map { $0 >= last } == true, "seed \(seed)")
      last = deadline ?? last
    }
    #expect(model.values.allSatisfy { $0 > moment(50) }, "seed \(seed)")
  }

  @Test("A large table stays quick")
  func large() {
    var table = TimerTable<Int>()
    for key in 0..<100_000 { table.set(key, at: moment(key * 7919 % 100_003)) }
    var last = Instant.origin
    var count = 0
    while table.popExpired(at: moment(200_000)) != nil {
      if let next = table.nextDeadline {
        #expect(next >= last)
        last = next
      }
      count += 1
    }
    #expect(count == 100_000)
  }
}
