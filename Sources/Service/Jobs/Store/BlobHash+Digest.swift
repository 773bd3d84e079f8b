import Digests

extension BlobHash {
  /// The SHA-256 of `bytes` (FIPS 180-4); throws where OpenSSL refuses its service.
  package init(of bytes: [UInt8]) throws(JobStoreError) {
    guard let hash = BlobHash(SHA256.hexadecimal(of: bytes)) else {
      throw .failed("SHA-256 is not to be had")
    }
    self = hash
  }
}
