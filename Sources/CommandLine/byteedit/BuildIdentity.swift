import Digests
import Foundation

/// Which program made a picture: its version and the digest of its own file.
enum BuildIdentity {
  static let version = "0.1.0"

  /// `version+digest`, read once; a program that cannot read itself is named by its version.
  static let current: String = {
    guard let program = FileManager.default.contents(atPath: "/proc/self/exe") else {
      return version
    }
    return version + "+" + SHA256.hexadecimal(of: Array(program)).prefix(12)
  }()
}
