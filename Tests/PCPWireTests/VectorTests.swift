import PCPWire
import Testing
import VectorSupport

@Suite("Vectors worked out by hand, both ways")
struct VectorTests {
  @Test("The files are whole: 63 figures, each with its octets")
  func files() throws {
    let all = try VectorCase.all.get()
    let figures = Set(
      all.filter { $0.file == "pcp-flow-examples.txt" }.compactMap { entry in
        let words = entry.vector.name.split(separator: " ")
        return words.first == "Figure" ? Int(words[1].filter(\.isNumber)) : nil
      })
    #expect(figures.count == 63)
    #expect(all.count >= 323)
    #expect(Set(all.map(\.description)).count == all.count)
  }

  @Test("What is valid decodes to what it says and is encoded again, what is not is refused", arguments: try VectorCase.all.get())
  func vector(_ entry: VectorCase) {
    #expect(entry.problems() == [])
  }
}
