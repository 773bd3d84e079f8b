import Compute
import Locks

/// Makes one thing for each number on the current team's threads; the first fault in their order is
/// thrown.
package func inParallel<Element: Sendable>(
  _ numbers: Range<Int>, _ make: @Sendable (Int) throws -> Element
) throws -> [Element] {
  let made = Lock([Result<Element, any Error>?](repeating: nil, count: numbers.count))
  ThreadTeam.current.forEach(numbers.count) { place in
    let result = Result { try make(numbers.lowerBound + place) }
    made.withLock { $0[place] = result }
  }
  return try made.withLock { $0 }.compactMap { try $0?.get() }
}
