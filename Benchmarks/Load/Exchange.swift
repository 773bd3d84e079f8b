import CLoad
import Glibc

/// One connection of the generator: at most one request is under way on it.
struct Exchange {
  enum State {
    case closed
    case connecting
    case idle
    case busy
  }

  var descriptor: Int32 = -1
  var state = State.closed
  /// When the request was sent, or was to be sent.
  var since: UInt64 = 0
  /// Takes no further part after its first answer.
  var isIdleOnly = false
  private var received: [UInt8] = []

  enum Outcome {
    case unfinished
    case answered(status: Int, isExpected: Bool, closes: Bool)
    case broken
  }

  mutating func close() {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
    (descriptor, state) = (-1, .closed)
    received.removeAll(keepingCapacity: true)
  }

  /// Reads what has come; the answer is whole at most once a request.
  mutating func read(
    into buffer: UnsafeMutableRawBufferPointer, expecting body: [UInt8]?
  ) -> Outcome {
    let count = load_receive(descriptor, buffer.baseAddress, buffer.count)
    if count == -Int(EAGAIN) { return .unfinished }
    guard count > 0, state == .busy else { return .broken }
    let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    if received.isEmpty {
      let outcome = Self.judge(piece, expecting: body)
      if case .unfinished = outcome { received.append(contentsOf: piece) }
      return outcome
    }
    received.append(contentsOf: piece)
    let outcome = received.withUnsafeBytes { Self.judge($0, expecting: body) }
    if case .unfinished = outcome {} else { received.removeAll(keepingCapacity: true) }
    return outcome
  }

  private static func judge(
    _ bytes: UnsafeRawBufferPointer, expecting body: [UInt8]?
  ) -> Outcome {
    let end = load_head_end(bytes.baseAddress, bytes.count)
    guard end >= 0 else { return .unfinished }
    guard let head = ResponseHead(UnsafeRawBufferPointer(rebasing: bytes[..<end])) else {
      return .broken
    }
    guard bytes.count >= end + head.length else { return .unfinished }
    guard bytes.count == end + head.length else { return .broken }
    let content = bytes[end..<(end + head.length)]
    let isExpected = body.map { $0.count == content.count && content.elementsEqual($0) } ?? true
    return .answered(status: head.status, isExpected: isExpected, closes: head.closes)
  }
}
