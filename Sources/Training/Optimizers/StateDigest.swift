import Digests
import Tensors

/// SHA-256 over all names, shapes, values and texts of a training state, kept among the texts.
enum StateDigest {
  static let key = "sha256"

  static func text(
    of tensors: [String: Tensor], _ texts: [String: String], path: String
  ) throws(OptimizerError) -> String {
    var digest = SHA256()
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) where name != key {
      update(&digest, "\(name)\u{0}\(text)\u{0}")
    }
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      update(&digest, "\(name)\u{0}\(tensor.shape)\u{0}")
      tensor.withUnsafeBufferPointer { digest.update(UnsafeRawBufferPointer($0)) }
    }
    guard let text = digest.hexadecimal() else {
      throw .damagedState(path: path, reason: "its digest cannot be computed")
    }
    return text
  }

  /// Throws unless the digest among the texts is the right one.
  static func check(
    _ tensors: [String: Tensor], _ texts: [String: String], path: String
  ) throws(OptimizerError) {
    guard try text(of: tensors, texts, path: path) == texts[key] else {
      throw .damagedState(path: path, reason: "its digest is another one")
    }
  }

  private static func update(_ digest: inout SHA256, _ text: String) {
    Array(text.utf8).withUnsafeBytes { digest.update($0) }
  }
}
