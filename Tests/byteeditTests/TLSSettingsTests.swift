import Foundation
import ServeSettings
import TLS
import TestCertificates
import Testing

@testable import byteedit

@Suite struct `TLS settings` {
  private let folder: CertificateFolder

  init() throws { folder = try CertificateFolder() }

  private func settings(_ name: String = "server") -> ServeConfiguration {
    var settings = ServeConfiguration()
    settings.tlsCertificate = folder.file(name + ".pem")
    settings.tlsKey = folder.file(name + ".key")
    return settings
  }

  @Test func `go together or are refused, by their names`() throws {
    #expect(try ServeConfiguration().tlsFiles() == nil)
    let plain = try #require(try settings().tlsFiles())
    #expect(plain.clientCertificates == .none)
    var clients = settings()
    clients.tlsClientAuthorities = folder.file("ca.pem")
    clients.tlsClientCertificates = "optional"
    #expect(try clients.tlsFiles()?.clientCertificates == .optional)
    let faults: [(String, (inout ServeConfiguration) -> Void)] = [
      ("tls_key", { $0.tlsKey = nil }), ("tls_certificate", { $0.tlsCertificate = nil }),
      ("tls_client_ca", { $0.tlsClientAuthorities = nil }),
      ("tls_client_certificates", { $0.tlsClientCertificates = "none" }),
      ("tls_certificate", { ($0.tlsCertificate, $0.tlsKey) = (nil, nil) }),
    ]
    for (name, change) in faults {
      var wrong = clients
      change(&wrong)
      let error = #expect(throws: ServeConfigurationError.self) { try wrong.tlsFiles() }
      #expect(error?.description.contains(name) == true)
    }
  }

  @Test func `the doctor warns of what expires and finds what is broken`() throws {
    func finding(_ name: String) throws -> Finding {
      try #require(TLSChecks(settings: settings(name)).findings().first)
    }
    let day: Int64 = 86_400
    try folder.make("long", validity: -10..<(90 * day))
    try folder.make("short", validity: -10..<(13 * day))
    try folder.make("past", validity: -10 * day..<(-day))
    #expect(TLSChecks(settings: ServeConfiguration()).findings() == [])
    #expect(try finding("long").status == .ok)
    #expect(try finding("short").status == .warning && finding("short").detail.contains("12 days"))
    #expect(try finding("past").status == .failed && finding("past").detail.contains("expired"))
    for name in ["server.key", "nowhere.key"] {
      var wrong = settings("long")
      wrong.tlsKey = folder.file(name)
      let finding = try #require(TLSChecks(settings: wrong).findings().first)
      #expect(finding.status == .failed && finding.detail.contains(folder.file(name)))
    }
  }

  @Test func `days are counted down to the end, and below it`() {
    let now = Date(timeIntervalSince1970: 1_000_000)
    #expect(CertificateTime(expiry: 1_000_000 + 86_400 * 14, now: now).days == 14)
    #expect(CertificateTime(expiry: 1_000_000 + 86_399, now: now).days == 0)
    #expect(CertificateTime(expiry: 999_999, now: now).days == -1)
    #expect(CertificateTime(expiry: 0, now: now).date == "1970-01-01T00:00:00Z")
  }
}
