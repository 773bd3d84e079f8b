import COpenSSL

extension BlobHash {
  /// The SHA-256 of `bytes` (FIPS 180-4); throws when OpenSSL has no memory for it.
  package init(of bytes: [UInt8]) throws(JobStoreError) {
    guard let context = byteedit_sha256_create() else {
      throw .failed("SHA-256 is not to be had")
    }
    defer { byteedit_sha256_destroy(context) }
    var digest = [UInt8](repeating: 0, count: Int(BYTEEDIT_SHA256_LENGTH))
    let updated = bytes.withUnsafeBytes {
      byteedit_sha256_update(context, $0.baseAddress, $0.count)
    }
    guard bytes.isEmpty || updated == 1, byteedit_sha256_finish(context, &digest) == 1 else {
      throw .failed("SHA-256 failed")
    }
    text = digest.map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }
}
