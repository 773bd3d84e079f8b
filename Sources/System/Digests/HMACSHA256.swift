import COpenSSL

/// Authentication codes of HMAC-SHA256 (RFC 2104).
package enum HMACSHA256 {
  /// The code's 32 bytes, or nothing where OpenSSL refused its service.
  package static func code(of bytes: [UInt8], key: [UInt8]) -> [UInt8]? {
    var code = [UInt8](repeating: 0, count: 32)
    let isDone = key.withUnsafeBytes { key in
      bytes.withUnsafeBytes { bytes in
        byteedit_hmac_sha256(key.baseAddress, key.count, bytes.baseAddress, bytes.count, &code) == 1
      }
    }
    return isDone ? code : nil
  }
}
