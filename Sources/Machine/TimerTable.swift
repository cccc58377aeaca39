/// Deadlines by key: which comes next is known at once, and setting or cancelling one costs the logarithm of their number.
///
/// A binary heap of deadlines beside a table of where each key is in it. Deadlines at the same moment come out in the
/// order they were set, so that a run can be repeated.
public struct TimerTable<Key: Hashable & Sendable>: Sendable {
  private struct Entry: Sendable {
    var key: Key
    var deadline: Instant
    /// Orders deadlines of the same moment.
    var sequence: UInt64

    func isBefore(_ other: Entry) -> Bool {
      deadline == other.deadline ? sequence < other.sequence : deadline < other.deadline
    }
  }

  private var heap: [Entry] = []
  private var places: [Key: Int] = [:]
  private var sequence: UInt64 = 0

  public init() {}

  /// The earliest deadline; nil when none is set.
  public var nextDeadline: Instant? { heap.first?.deadline }

  /// How many deadlines are set.
  public var count: Int { heap.count }

  /// The deadline of a key; nil when it has none.
  public func deadline(of key: Key) -> Instant? { places[key].map { heap[$0].deadline } }

  /// Sets the deadline of a key, in place of one it may have.
  public mutating func set(_ key: Key, at deadline: Instant) {
    cancel(key)
    heap.append(Entry(key: key, deadline: deadline, sequence: sequence))
    sequence &+= 1
    places[key] = heap.count - 1
    raise(heap.count - 1)
  }

  /// Takes the deadline of a key away, if it has one.
  public mutating func cancel(_ key: Key) {
    guard let place = places[key] else { return }
    remove(at: place)
  }

  /// Takes the earliest deadline out and gives its key; nil when none has come yet.
  public mutating func popExpired(at now: Instant) -> Key? {
    guard let first = heap.first, first.deadline <= now else { return nil }
    remove(at: 0)
    return first.key
  }

  private mutating func remove(at place: Int) {
    places[heap[place].key] = nil
    let last = heap.removeLast()
    guard place < heap.count else { return }
    heap[place] = last
    places[last.key] = place
    lower(place)
    raise(place)
  }

  private mutating func raise(_ start: Int) {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 2
      guard heap[place].isBefore(heap[parent]) else { return }
      swap(place, parent)
      place = parent
    }
  }

  private mutating func lower(_ start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == place { return }
      swap(place, least)
      place = least
    }
  }

  private mutating func swap(_ first: Int, _ second: Int) {
    heap.swapAt(first, second)
    places[heap[first].key] = first
    places[heap[second].key] = second
  }
}
