import Testing

@testable import Datasets

struct DataLoaderTests {
  /// Slow where the number says, so that threads finish out of order.
  struct Numbers: Dataset {
    var count: Int?
    var broken: Int?

    func example(at index: Int) throws(DatasetError) -> Int {
      try check(index)
      guard index != broken else { throw .outOfRange(index: index, count: 0) }
      var sum = 0
      for step in 0..<(index % 7) * 20_000 { sum &+= step &* index }
      return sum == .min ? 0 : index * 10
    }
  }

  @Test(arguments: [1, 2, 5], [1, 3, 64])
  func `examples come in order, whatever the threads`(threads: Int, ahead: Int) throws {
    let loader = DataLoader(Numbers(count: 50), threads: threads, ahead: ahead)
    var all: [Int] = []
    while case let batch = try loader.next(8), !batch.isEmpty { all += batch }
    #expect(all == (0..<50).map { $0 * 10 })
    #expect(try loader.next(1).isEmpty)
  }

  @Test func `a loader goes on where another ended`() throws {
    let first = DataLoader(Numbers(), threads: 2, ahead: 4)
    _ = try first.next(13)
    let second = DataLoader(Numbers(), from: first.position, threads: 3)
    #expect(try second.next(3) == [130, 140, 150])
  }

  @Test func `an order of one's own is kept`() throws {
    let loader = DataLoader(Numbers(count: 10), threads: 3) { 9 - $0 }
    #expect(try loader.next(10) == (0..<10).reversed().map { $0 * 10 })
  }

  @Test func `an example that cannot be read throws in its place and the next ones still come`()
    throws
  {
    let loader = DataLoader(Numbers(broken: 2), threads: 2)
    #expect(try loader.next(2) == [0, 10])
    #expect(throws: DatasetError.self) { try loader.next(1) }
    #expect(try loader.next(1) == [30])
  }

  @Test func `a slice is counted from 0, ends, and must lie in the data`() throws {
    let slice = try Numbers(count: 20).slice(5..<9)
    #expect(slice.count == 4)
    #expect(try DataLoader(slice, threads: 2).next(9) == [50, 60, 70, 80])
    #expect(throws: DatasetError.self) { try slice.example(at: 4) }
    #expect(throws: DatasetError.self) { try Numbers(count: 20).slice(15..<21) }
    #expect(throws: DatasetError.self) { try Numbers().slice(3..<3) }
  }

  @Test func `scenes are the same from one thread and from four`() throws {
    let generator = try SceneGenerator(side: 32, seed: 1)
    let one = try DataLoader(generator, threads: 1, ahead: 4).next(24)
    let four = try DataLoader(generator, threads: 4, ahead: 16).next(24)
    for (a, b) in zip(one, four) {
      #expect(a.picture == b.picture && a.mask == b.mask && a.caption == b.caption)
    }
  }
}
