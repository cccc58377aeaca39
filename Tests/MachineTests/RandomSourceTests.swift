import Machine
import Testing

@Suite struct RandomSourceTests {
  @Test("The numbers of a seed are those of the published algorithm")
  func reference() {
    var random = SplitMix64(seed: 1_234_567)
    let numbers = (0..<3).map { _ in random.next() }
    #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test("As many octets as asked, the same for the same seed")
  func octets() {
    var first = SplitMix64(seed: 7)
    var second = SplitMix64(seed: 7)
    let octets = first.octets(12)
    #expect(octets.count == 12)
    #expect(octets == second.octets(12))
    let numbers = (0..<100).map { _ in first.number(in: -0.1...0.1) }
    #expect(numbers.allSatisfy { (-0.1...0.1).contains($0) })
  }
}
