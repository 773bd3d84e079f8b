import Jobs
import Testing

@Suite struct `Remembered JSON` {
  @Test func `is what decoding anew gives, for every type of a text`() throws {
    let memo = JSONMemo()
    for _ in 0..<2 {
      #expect(try memo.decode([Int].self, from: "[1,2]") == [1, 2])
      #expect(try memo.decode([Double].self, from: "[1,2]") == [1, 2])
      #expect(try memo.decode(JSONValue.self, from: "[1,2]") == [1, 2])
      #expect(throws: (any Error).self) { try memo.decode([Int].self, from: "[1,") }
      #expect(throws: (any Error).self) { try memo.decode([String].self, from: "[1,2]") }
    }
    let text = try memo.encode(["b": 1, "a": 2])
    #expect(text == #"{"a":2,"b":1}"#)
    #expect(try memo.decode([String: Int].self, from: text) == ["a": 2, "b": 1])
  }

  /// Counts how often it is decoded.
  private struct Counted: Codable, Sendable {
    @TaskLocal static var tally: Tally?
    let number: Int

    init(from decoder: any Decoder) throws {
      number = try decoder.singleValueContainer().decode(Int.self)
      Self.tally?.add()
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(number)
    }
  }

  private final class Tally: @unchecked Sendable {
    // Unchecked: one test on one thread.
    private(set) var count = 0
    func add() { count += 1 }
  }

  @Test func `is decoded once, until newer texts push it out`() throws {
    let (memo, tally) = (JSONMemo(limit: 100), Tally())
    try Counted.$tally.withValue(tally) {
      for _ in 0..<5 { #expect(try memo.decode(Counted.self, from: "7").number == 7) }
      #expect(tally.count == 1)
      for number in 100..<1000 { _ = try memo.decode(Counted.self, from: "\(number)") }
      #expect(tally.count == 901)
      _ = try memo.decode(Counted.self, from: "999")
      #expect(tally.count == 901)
      _ = try memo.decode(Counted.self, from: "7")
      #expect(tally.count == 902)
      let long = String(repeating: " ", count: 26) + "8"
      for _ in 0..<2 { _ = try memo.decode(Counted.self, from: long) }
      #expect(tally.count == 904, "a text of a quarter of the limit was kept")
    }
  }
}
