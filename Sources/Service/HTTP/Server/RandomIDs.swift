import Glibc
import Locks

/// Draws ids of 128 random bits; asks the system for sixteen of them at a time.
struct RandomIDs {
  private static let shared = Lock(RandomIDs())
  private static let size = 16
  private static let digits = Array("0123456789abcdef".utf8)
  private var stock: [UInt8] = []
  private var place = 0

  /// 32 hexadecimal digits.
  static func next() -> String { shared.withLock { $0.draw() } }

  private mutating func draw() -> String {
    if place == stock.count { refill() }
    defer { place += Self.size }
    return String(unsafeUninitializedCapacity: 2 * Self.size) { text in
      for index in 0..<Self.size {
        let byte = stock[place + index]
        text[2 * index] = Self.digits[Int(byte >> 4)]
        text[2 * index + 1] = Self.digits[Int(byte & 15)]
      }
      return 2 * Self.size
    }
  }

  private mutating func refill() {
    // What getentropy gives at one time (getentropy(3)).
    stock = [UInt8](repeating: 0, count: 256)
    if getentropy(&stock, stock.count) != 0 {
      var generator = SystemRandomNumberGenerator()
      for index in stock.indices { stock[index] = generator.next() }
    }
    place = 0
  }
}
