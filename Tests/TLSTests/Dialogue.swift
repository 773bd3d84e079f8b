import TLS

/// A client and a server that hear each other in memory.
struct Dialogue: ~Copyable {
  /// What one side heard and has to send.
  struct Side {
    var outgoing: [UInt8] = []
    /// All actions but `send`.
    var heard: [TLSSession.Action] = []

    mutating func perform(_ actions: [TLSSession.Action]) {
      for action in actions {
        if case .send(let bytes) = action { outgoing += bytes } else { heard.append(action) }
      }
    }

    var text: String {
      var bytes: [UInt8] = []
      for case .deliver(let piece) in heard { bytes += piece }
      return String(decoding: bytes, as: UTF8.self)
    }

    var failure: TLSFailure? {
      for case .fail(let failure) in heard { return failure }
      return nil
    }

    var peer: TLSPeer? {
      for case .established(let peer) in heard { return peer }
      return nil
    }
  }

  var client: TLSSession
  var server: TLSSession
  var clientSide = Side()
  var serverSide = Side()

  init(_ client: TLSClientContext, _ server: TLSServerContext, host: String = "localhost") {
    self.client = TLSSession(client: client, host: host)
    self.server = TLSSession(server: server)
  }

  mutating func shakeHands(pieces: Int = .max) {
    clientSide.perform(client.start())
    run(pieces: pieces)
  }

  mutating func clientWrites(_ text: String) {
    clientSide.perform(client.write(Array(text.utf8)))
    run()
  }

  mutating func serverWrites(_ text: String) {
    serverSide.perform(server.write(Array(text.utf8)))
    run()
  }

  /// Carries bytes to and fro until both are silent.
  mutating func run(pieces: Int = .max) {
    while !clientSide.outgoing.isEmpty || !serverSide.outgoing.isEmpty {
      let (up, down) = (clientSide.outgoing, serverSide.outgoing)
      (clientSide.outgoing, serverSide.outgoing) = ([], [])
      for piece in cut(up, pieces) {
        serverSide.perform(piece.withUnsafeBytes { server.receive($0) })
      }
      for piece in cut(down, pieces) {
        clientSide.perform(piece.withUnsafeBytes { client.receive($0) })
      }
    }
  }

  private func cut(_ bytes: [UInt8], _ size: Int) -> [ArraySlice<UInt8>] {
    guard size < bytes.count else { return bytes.isEmpty ? [] : [bytes[...]] }
    return stride(from: 0, to: bytes.count, by: size).map {
      bytes[$0..<min($0 + size, bytes.count)]
    }
  }
}
