import Foundation

/// Captions as files hold them.
enum CaptionText {
  /// Bytes of a caption.
  static let limit = 1 << 20
  /// Where a JSON object may keep it, the first that is there.
  static let keys = ["caption", "text", "prompt"]

  /// A text file's content without the space around it.
  static func plain(_ bytes: [UInt8]) throws(Fault) -> String {
    guard bytes.count <= limit else { throw Fault(reason: "more than \(limit) bytes of caption") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Fault(reason: "the caption is not UTF-8")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The caption of a JSON object, or a JSON string itself.
  static func json(_ bytes: [UInt8]) throws(Fault) -> String {
    guard bytes.count <= limit else { throw Fault(reason: "more than \(limit) bytes of caption") }
    let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    guard let caption = caption(of: value) else {
      throw Fault(reason: "no JSON with one of \(keys.joined(separator: ", "))")
    }
    return caption
  }

  /// The caption in a value that was read from JSON.
  static func caption(of value: Any?) -> String? {
    if let text = value as? String { return text }
    guard let members = value as? [String: Any] else { return nil }
    return keys.lazy.compactMap { members[$0] as? String }.first
  }

  struct Fault: Error { let reason: String }
}
