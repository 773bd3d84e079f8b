import COpenSSL

/// A SHA-256 digest (FIPS 180-4) fed piece by piece.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer?
  private var isSound: Bool

  package init() {
    context = byteedit_sha256_create()
    isSound = context != nil
  }

  deinit { byteedit_sha256_destroy(context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    isSound = byteedit_sha256_update(context, bytes.baseAddress, bytes.count) == 1 && isSound
  }

  /// The digest as 64 hexadecimal digits, or nothing where OpenSSL refused its service.
  package consuming func hexadecimal() -> String? {
    var digest = [UInt8](repeating: 0, count: Int(BYTEEDIT_SHA256_LENGTH))
    guard byteedit_sha256_finish(context, &digest) == 1, isSound else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    let text = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// The digest of bytes that are all there; empty where OpenSSL refused its service.
  package static func hexadecimal(of bytes: [UInt8]) -> String {
    var digest = SHA256()
    bytes.withUnsafeBytes { digest.update($0) }
    return digest.hexadecimal() ?? ""
  }
}
