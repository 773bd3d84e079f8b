import CTestCertificates
import Foundation

/// A certificate and its key, made when a test runs.
package final class TestCertificate: @unchecked Sendable {
  // Unchecked: made once and only read afterwards.
  private let pointer: OpaquePointer

  package struct Failure: Error, CustomStringConvertible {
    package var description: String
  }

  /// - Parameters:
  ///   - issuer: who signs it; itself if not given.
  ///   - names: as OpenSSL writes alternative names.
  ///   - validity: seconds from now.
  package init(
    _ name: String, by issuer: TestCertificate? = nil, names: String? = nil,
    isAuthority: Bool = false, validity: Range<Int64> = -3600..<86_400
  ) throws {
    let made: OpaquePointer? = name.withCString { name in
      func make(_ names: UnsafePointer<CChar>?) -> OpaquePointer? {
        var request = test_certificate_request(
          name: name, alternative_names: names, valid_from: validity.lowerBound,
          valid_until: validity.upperBound, is_authority: isAuthority ? 1 : 0)
        return test_certificate_make(&request, issuer?.pointer)
      }
      guard let names else { return make(nil) }
      return names.withCString(make)
    }
    guard let made else { throw Failure(description: "OpenSSL made no certificate") }
    pointer = made
  }

  deinit { test_certificate_destroy(pointer) }

  package func write(to path: String) throws {
    guard test_certificate_write(pointer, path) == 1 else {
      throw Failure(description: "cannot write \(path)")
    }
  }

  package func writeKey(to path: String, passphrase: String? = nil) throws {
    guard test_certificate_write_key(pointer, path, passphrase) == 1 else {
      throw Failure(description: "cannot write \(path)")
    }
  }
}

/// A folder of PEM files that goes away with its owner: an authority `ca.pem`, a server's certificate
/// for `localhost`, 127.0.0.1 and ::1, a client's.
package final class CertificateFolder: Sendable {
  package let path: String
  package let authority: TestCertificate

  package init() throws {
    path = NSTemporaryDirectory() + "certificates-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    authority = try TestCertificate("Test Authority", isAuthority: true)
    try authority.write(to: file("ca.pem"))
    try make("server", names: "DNS:localhost,IP:127.0.0.1,IP:::1")
    try make("client", names: "DNS:client.example")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package func file(_ name: String) -> String { path + "/" + name }

  /// Writes `name.pem` and `name.key`, signed by the authority unless by another.
  package func make(
    _ name: String, names: String? = nil, by issuer: TestCertificate? = nil,
    validity: Range<Int64> = -3600..<86_400
  ) throws {
    let made = try TestCertificate(
      name, by: issuer ?? authority, names: names, validity: validity)
    try made.write(to: file(name + ".pem"))
    try made.writeKey(to: file(name + ".key"))
  }
}
