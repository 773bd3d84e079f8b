import Foundation
import TLS
import TestCertificates
import Testing

@Suite struct `Files of certificates and keys` {
  private let folder: CertificateFolder

  init() throws { folder = try CertificateFolder() }

  private func fault(
    certificate: String = "server.pem", key: String = "server.key", authorities: String? = nil
  ) -> TLSConfigurationError? {
    do throws(TLSConfigurationError) {
      _ = try TLSServerContext(
        .init(
          certificate: folder.file(certificate), key: folder.file(key),
          clientAuthorities: authorities.map(folder.file), clientCertificates: .optional))
      return nil
    } catch {
      return error
    }
  }

  @Test func `a pair is taken, and when it expires is known`() throws {
    #expect(fault(authorities: "ca.pem") == nil)
    try folder.make("short", validity: -10..<1000)
    let before = Int64(Date().timeIntervalSince1970)
    let context = try TLSServerContext(
      .init(certificate: folder.file("short.pem"), key: folder.file("short.key")))
    #expect((before + 900...before + 1010).contains(context.expiry))
    // The chain is as good as the first of it that expires.
    let middle = try TestCertificate(
      "Middle", by: folder.authority, isAuthority: true, validity: -10..<500)
    try folder.make("long", by: middle)
    try middle.write(to: folder.file("middle.pem"))
    let chain = try ["long.pem", "middle.pem"].map {
      try String(contentsOfFile: folder.file($0), encoding: .utf8)
    }
    try chain.joined().write(
      toFile: folder.file("chain.pem"), atomically: true, encoding: .utf8)
    let chained = try TLSServerContext(
      .init(certificate: folder.file("chain.pem"), key: folder.file("long.key")))
    #expect((before + 400...before + 510).contains(chained.expiry))
  }

  @Test func `a chain is sent, so that the authority alone need be known`() throws {
    let middle = try TestCertificate("Middle", by: folder.authority, isAuthority: true)
    try folder.make("leaf", names: "DNS:localhost", by: middle)
    try middle.write(to: folder.file("middle.pem"))
    let chain = try ["leaf.pem", "middle.pem"].map {
      try String(contentsOfFile: folder.file($0), encoding: .utf8)
    }
    try chain.joined().write(
      toFile: folder.file("chain.pem"), atomically: true, encoding: .utf8)
    for (file, isGood) in [("chain.pem", true), ("leaf.pem", false)] {
      var dialogue = Dialogue(
        try TLSClientContext(trust: .file(folder.file("ca.pem"))),
        try TLSServerContext(
          .init(certificate: folder.file(file), key: folder.file("leaf.key"))))
      dialogue.shakeHands()
      #expect((dialogue.clientSide.peer != nil) == isGood)
    }
  }

  @Test func `what is wrong is said with the file's name`() throws {
    let (server, key) = (folder.file("server.pem"), folder.file("server.key"))
    try "".write(toFile: folder.file("empty"), atomically: true, encoding: .utf8)
    let text = try String(contentsOfFile: server, encoding: .utf8)
    try text.replacing("\nMII", with: "\nMIX").write(
      toFile: folder.file("broken"), atomically: true, encoding: .utf8)
    try Data(count: 1 << 20).write(to: URL(fileURLWithPath: folder.file("large")))
    try folder.authority.writeKey(to: folder.file("locked"), passphrase: "open")
    #expect(
      fault(certificate: "none")
        == .unreadable(file: folder.file("none"), reason: "No such file or directory"))
    #expect(fault(certificate: "empty") == .noCertificate(file: folder.file("empty")))
    #expect(fault(certificate: "server.key") == .noCertificate(file: key))
    #expect(fault(key: "empty") == .noKey(file: folder.file("empty")))
    #expect(fault(key: "server.pem") == .noKey(file: server))
    #expect(fault(key: "locked") == .encryptedKey(file: folder.file("locked")))
    #expect(
      fault(key: "client.key") == .mismatch(certificate: server, key: folder.file("client.key")))
    #expect(fault(authorities: "server.key") == .noCertificate(file: key))
    for (error, name) in [
      (fault(certificate: "broken"), "broken"), (fault(certificate: "large"), "large"),
    ] {
      let description = try #require(error).description
      #expect(description.contains(folder.file(name)))
    }
  }

  @Test func `a client's authorities are a file or the system's`() throws {
    _ = try TLSClientContext()
    #expect(throws: TLSConfigurationError.noCertificate(file: folder.file("server.key"))) {
      try TLSClientContext(trust: .file(folder.file("server.key")))
    }
  }
}
