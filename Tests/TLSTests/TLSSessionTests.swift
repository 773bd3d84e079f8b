import TestCertificates
import Testing

@testable import TLS

@Suite struct `TLS sessions` {
  private let folder: CertificateFolder

  init() throws { folder = try CertificateFolder() }

  private func server(
    _ name: String = "server", clients: TLSServerContext.ClientCertificates = .none
  ) throws -> TLSServerContext {
    try TLSServerContext(
      .init(
        certificate: folder.file(name + ".pem"), key: folder.file(name + ".key"),
        clientAuthorities: clients == .none ? nil : folder.file("ca.pem"),
        clientCertificates: clients))
  }

  private func client(
    _ identity: String? = nil, trust: TLSClientContext.Trust? = nil
  ) throws -> TLSClientContext {
    try TLSClientContext(
      trust: trust ?? .file(folder.file("ca.pem")),
      identity: identity.map { (folder.file($0 + ".pem"), folder.file($0 + ".key")) })
  }

  @Test(arguments: [1, 2, 7, 1000, .max])
  func `both sides agree and hear each other, however the bytes are cut`(pieces: Int) throws {
    var dialogue = Dialogue(try client(), try server())
    dialogue.shakeHands(pieces: pieces)
    let peer = try #require(dialogue.serverSide.peer)
    #expect(peer.version == "TLSv1.3" && peer.certificate == nil && !peer.isResumed)
    #expect(dialogue.clientSide.peer?.cipher == peer.cipher)
    dialogue.clientSide.perform(dialogue.client.write(Array("ask".utf8)))
    dialogue.serverSide.perform(dialogue.server.write(Array("answer".utf8)))
    dialogue.run(pieces: pieces)
    #expect(dialogue.serverSide.text == "ask" && dialogue.clientSide.text == "answer")
    #expect(dialogue.clientSide.failure == nil && dialogue.serverSide.failure == nil)
  }

  @Test func `what exceeds a record comes whole, and clear text is not in what is sent`() throws {
    var dialogue = Dialogue(try client(), try server())
    dialogue.shakeHands()
    let text = String(repeating: "0123456789abcdef", count: 20_000)
    dialogue.serverSide.perform(dialogue.server.write(Array(text.utf8)))
    #expect(dialogue.serverSide.outgoing.count > text.utf8.count)
    #expect(dialogue.serverSide.outgoing.firstRange(of: Array("0123456789".utf8)) == nil)
    dialogue.run(pieces: 4096)
    #expect(dialogue.clientSide.text == text)
  }

  @Test func `one side can end while the other goes on`() throws {
    var dialogue = Dialogue(try client(), try server())
    dialogue.shakeHands()
    dialogue.clientWrites("last")
    dialogue.clientSide.perform(dialogue.client.close())
    dialogue.run()
    #expect(dialogue.serverSide.heard.last == .end)
    // After the end nothing is a fault of the transport any more.
    #expect(dialogue.server.reachedEnd() == [])
    dialogue.serverWrites("answer all the same")
    #expect(dialogue.clientSide.text == "answer all the same")
    dialogue.serverSide.perform(dialogue.server.close())
    #expect(dialogue.server.write([1]) == [])
    dialogue.run()
    #expect(dialogue.clientSide.heard.last == .end)
  }

  @Test func `an end of the transport without a word is a truncation`() throws {
    var dialogue = Dialogue(try client(), try server())
    #expect(dialogue.server.reachedEnd() == [.fail(.truncated)])
    #expect(dialogue.server.reachedEnd() == [])
    var other = Dialogue(try client(), try server())
    other.shakeHands()
    other.serverWrites("half an ans")
    #expect(other.client.reachedEnd() == [.fail(.truncated)])
    #expect(other.client.write([1]) == [])
  }

  @Test func `a changed byte breaks the session and delivers nothing`() throws {
    var dialogue = Dialogue(try client(), try server())
    dialogue.shakeHands()
    dialogue.clientSide.perform(dialogue.client.write(Array("secret".utf8)))
    let last = dialogue.clientSide.outgoing.count - 1
    dialogue.clientSide.outgoing[last] ^= 1
    dialogue.run()
    #expect(dialogue.serverSide.text.isEmpty)
    guard case .malformed = dialogue.serverSide.failure else {
      return #expect(dialogue.serverSide.failure == .malformed(""))
    }
  }

  @Test func `HTTP without TLS is recognised by its first byte`() throws {
    for request in ["GET / HTTP/1.1\r\n", "POST /v1/edits HTTP/1.1\r\n", "OPTIONS *", "p"] {
      var session = TLSSession(server: try server())
      #expect(
        Array(request.utf8).withUnsafeBytes { session.receive($0) } == [.fail(.plainHTTP)])
    }
  }

  @Test func `garbage is refused, whatever it is`() throws {
    let context = try server()
    var generator = SystemRandomNumberGenerator()
    for round in 0..<500 {
      var session = TLSSession(server: context)
      // Often what looks like the head of a record or of a hello.
      var bytes = (0..<600).map { _ in UInt8.random(in: 0...255, using: &generator) }
      if round % 2 == 0 { bytes.replaceSubrange(0..<3, with: [22, 3, UInt8(round % 5)]) }
      if round % 4 == 0 { bytes.replaceSubrange(3..<9, with: [0, 200, 1, 0, 0, 196]) }
      if round % 8 == 0 { bytes.replaceSubrange(9..<11, with: [3, 3]) }
      let actions = bytes.withUnsafeBytes { session.receive($0) }
      let isEstablished = session.isEstablished
      #expect(!isEstablished)
      for action in actions {
        switch action {
        case .send, .fail: break
        default: Issue.record("\(action)")
        }
      }
      _ = session.reachedEnd()
      #expect(session.receive(UnsafeRawBufferPointer(start: nil, count: 0)) == [])
    }
  }

  @Test func `a client hello with any one byte changed never ends in a session`() throws {
    let context = try server()
    var first = TLSSession(client: try client(), host: "localhost")
    guard case .send(let hello) = first.start().first else { throw CancellationError() }
    for index in hello.indices {
      var changed = hello
      changed[index] ^= UInt8.random(in: 1...255)
      var session = TLSSession(server: context)
      _ = changed.withUnsafeBytes { session.receive($0) }
      let isEstablished = session.isEstablished
      #expect(!isEstablished)
    }
  }

  // MARK: Whom to believe

  @Test func `a server of another authority is not believed`() throws {
    let other = try TestCertificate("Other Authority", isAuthority: true)
    try folder.make("foreign", names: "DNS:localhost", by: other)
    var dialogue = Dialogue(try client(), try server("foreign"))
    dialogue.shakeHands()
    guard case .certificate(let reason) = dialogue.clientSide.failure else {
      return #expect(dialogue.clientSide.failure == .certificate(""))
    }
    #expect(reason.contains("issuer"))
    guard case .alert = dialogue.serverSide.failure else {
      return #expect(dialogue.serverSide.failure == .alert(""))
    }
    let isEstablished = dialogue.client.isEstablished
    #expect(!isEstablished)
    // The system's authorities do not know it either; who looks only may go on.
    var strict = Dialogue(try client(trust: .system), try server("foreign"))
    strict.shakeHands()
    #expect(strict.clientSide.failure != nil)
    var careless = Dialogue(try client(trust: .anybody), try server("foreign"))
    careless.shakeHands()
    #expect(careless.clientSide.peer != nil)
  }

  @Test(arguments: ["example.org", "localhost.example", "127.0.0.2", "::2", "ocalhost", "*"])
  func `a certificate of another name is not accepted`(host: String) throws {
    var dialogue = Dialogue(try client(), try server(), host: host)
    dialogue.shakeHands()
    guard case .certificate(let reason) = dialogue.clientSide.failure else {
      return #expect(dialogue.clientSide.failure == .certificate(""))
    }
    #expect(reason.contains("mismatch"))
  }

  @Test(arguments: ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "::1"])
  func `each of a certificate's names is accepted`(host: String) throws {
    var dialogue = Dialogue(try client(), try server(), host: host)
    dialogue.shakeHands()
    #expect(dialogue.clientSide.peer != nil)
  }

  @Test(arguments: ["", "."]) func `without a name nobody is believed`(host: String) throws {
    var session = TLSSession(client: try client(), host: host)
    #expect(session.start() == [.fail(.unavailable)])
  }

  @Test func `certificates out of their time are not accepted`() throws {
    let untimely: [(Range<Int64>, String)] = [
      (-7200..<(-3600), "expired"), (3600..<7200, "not yet"),
    ]
    for (validity, word) in untimely {
      try folder.make("untimely", names: "DNS:localhost", validity: validity)
      var dialogue = Dialogue(try client(), try server("untimely"))
      dialogue.shakeHands()
      guard case .certificate(let reason) = dialogue.clientSide.failure else {
        Issue.record("\(String(describing: dialogue.clientSide.failure))")
        continue
      }
      #expect(reason.contains(word))
    }
  }

  @Test func `clients show certificates where they are asked for`() throws {
    let other = try TestCertificate("Other Authority", isAuthority: true)
    try folder.make("stranger", by: other)
    try folder.make("late", validity: -7200..<(-3600))
    for mode in TLSServerContext.ClientCertificates.allCases {
      let context = try server(clients: mode)
      var known = Dialogue(try client("client"), context)
      known.shakeHands()
      let certificate = known.serverSide.peer?.certificate
      #expect((certificate != nil) == (mode != .none))
      if let certificate {
        #expect(certificate.subject == "CN=client")
        #expect(certificate.names == "DNS:client.example")
        #expect(certificate.fingerprint.wholeMatch(of: #/[0-9a-f]{64}/#) != nil)
      }
      var bare = Dialogue(try client(), context)
      bare.shakeHands()
      #expect(bare.serverSide.failure == (mode == .required ? .noCertificate : nil))
      for wrong in ["stranger", "late"] {
        var dialogue = Dialogue(try client(wrong), context)
        dialogue.shakeHands()
        guard mode != .none else {
          #expect(dialogue.serverSide.peer != nil && dialogue.serverSide.peer?.certificate == nil)
          continue
        }
        guard case .certificate = dialogue.serverSide.failure else {
          Issue.record("\(wrong): \(String(describing: dialogue.serverSide.failure))")
          continue
        }
      }
    }
  }

  // MARK: What is not spoken

  /// A hello without extensions, as TLS 1.2 and its forerunners began.
  private func hello(version: UInt8) -> [UInt8] {
    let body =
      [3, version] + [UInt8](repeating: 7, count: 32) + [0]
      + [0, 4, 0xc0, 0x2b, 0xc0, 0x13] + [1, 0]
    let message = [1, 0, 0, UInt8(body.count)] + body
    return [22, 3, 1, 0, UInt8(message.count)] + message
  }

  @Test(arguments: [0, 1, 2] as [UInt8])
  func `SSL 3, TLS 1.0 and TLS 1.1 are refused with an alert`(version: UInt8) throws {
    var session = TLSSession(server: try server())
    let actions = hello(version: version).withUnsafeBytes { session.receive($0) }
    guard actions.count == 2, case .send(let alert) = actions[0],
      case .fail(.version) = actions[1]
    else { return #expect(actions == []) }
    // A fatal alert, protocol_version where there was such a thing (RFC 8446 section 6.2).
    #expect(alert.count == 7 && alert[0] == 21 && alert[5] == 2)
    if version > 0 { #expect(alert[6] == 70) }
  }

  @Test func `a peer that asks for new keys without end is given up`() throws {
    var dialogue = Dialogue(try client(), try server())
    dialogue.shakeHands()
    dialogue.client.recordsPerKey = 0
    var writes = 0
    while dialogue.serverSide.failure == nil, writes < 10_000 {
      dialogue.clientWrites("x")
      writes += 1
    }
    #expect(dialogue.serverSide.failure == .flooded && writes > 1000)
  }

  @Test func `keys are renewed on the way, and nobody notices`() throws {
    var dialogue = Dialogue(try client(), try server())
    dialogue.shakeHands()
    dialogue.client.recordsPerKey = 3
    for _ in 0..<20 { dialogue.clientWrites("0123") }
    dialogue.serverWrites("fine")
    #expect(dialogue.serverSide.text.utf8.count == 80 && dialogue.clientSide.text == "fine")
  }
}
