import Outbound

/// The answer of a webhook's receiver, whole and in pieces.
final class ResponseTarget: FuzzTarget {
  static let name = "response"
  static let sources = ["ResponseReader", "ResponseHead"]
    .map { "Service/Outbound/\($0).swift" }

  init() {}

  static func parts(of input: [UInt8]) -> [[UInt8]] { Lines.parts(of: input) }
  static let mayRepeatParts = true

  private enum Outcome: Equatable {
    case head(ResponseHead, surplus: Int)
    case unfinished
    case refused(String)
  }

  func read(_ input: [UInt8]) -> FuzzVerdict {
    let whole = Self.outcome(input, step: max(1, input.count))
    for step in [1, 3, 17] {
      let pieces = Self.outcome(input, step: step)
      // In pieces nothing is read behind the head, and a head that is too long is known earlier.
      switch (whole, pieces) {
      case (.head(let a, _), .head(let b, _)) where a == b: continue
      case (.refused, .refused), (.unfinished, .unfinished): continue
      default: return .wrong("\(whole) whole, \(pieces) in pieces of \(step)")
      }
    }
    switch whole {
    case .head(let head, let surplus):
      return Self.fault(of: head, surplus, input).map(FuzzVerdict.wrong) ?? .accepted
    case .unfinished: return .refused("the head has no end")
    case .refused(let why): return .refused(why)
    }
  }

  private static func outcome(_ input: [UInt8], step: Int) -> Outcome {
    var reader = ResponseReader()
    do {
      for start in stride(from: 0, to: input.count, by: step) {
        let piece = input[start..<min(start + step, input.count)]
        if let head = try reader.feed(piece) { return .head(head, surplus: reader.surplus) }
      }
      return .unfinished
    } catch {
      return .refused("\(error)")
    }
  }

  private static func fault(of head: ResponseHead, _ surplus: Int, _ input: [UInt8]) -> String? {
    guard (200...599).contains(head.status) else { return "status \(head.status)" }
    guard surplus >= 0, surplus + 4 <= input.count else { return "\(surplus) bytes of content" }
    let lengths = head.fields.filter { $0.name == "content-length" }
    let hasCoding = head.fields.contains { $0.name == "transfer-encoding" }
    switch head.contentLength {
    case let length?:
      guard lengths.count == 1, !hasCoding, Int(lengths[0].value) == length, length >= 0 else {
        return "a length of \(length) of \(lengths)"
      }
    case nil: guard lengths.isEmpty else { return "\(lengths) passed over" }
    }
    guard head.fields.allSatisfy({ !$0.value.utf8.contains { [0, 10, 13].contains($0) } }) else {
      return "a line end within a field"
    }
    return nil
  }
}
