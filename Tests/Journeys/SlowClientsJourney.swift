import Foundation
import TestSupport
import Testing

/// What one client may take from the others, against the real binary with small limits.
@Suite(.serialized)
struct SlowClientsJourney {
  /// A server with deadlines of a second; each connection is looked at about once a second.
  private func withServer(
    _ settings: [String: Int] = [:], _ body: (Server) throws -> Void
  ) throws {
    let scratch = try ScratchFolder()
    var lines = [
      "header_seconds": 1, "idle_seconds": 600, "transfer_grace_seconds": 1,
      "minimum_bytes_per_second": 1024,
    ]
    lines.merge(settings) { $1 }
    let file = scratch.path + "/settings.yaml"
    try lines.map { "\($0.key): \($0.value)\n" }.joined()
      .write(toFile: file, atomically: true, encoding: .utf8)
    let server = try Server(dataDirectory: scratch.path + "/data", arguments: ["--config", file])
    try body(server)
    try eventually("an answer", within: 60) {
      try Client(port: server.port).get("/livez").status == 200
    }
    #expect(server.terminate() == 0)
  }

  /// Sends a byte every 50 ms until the other side takes no more; answers what it said.
  private func trickle(_ socket: RawSocket) throws -> String {
    let pump = Thread {
      while socket.send("x") { usleep(50_000) }
    }
    pump.start()
    return try socket.receive().text
  }

  @Test func `a head that comes byte by byte is a 408, and the connection ends`() throws {
    try withServer { server in
      let socket = try RawSocket(port: server.port)
      socket.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
      let answer = try trickle(socket)
      #expect(answer.hasPrefix("HTTP/1.1 408 ") && answer.contains("the header took too long"))
    }
  }

  @Test func `who connects and says nothing is hung up on`() throws {
    try withServer { server in
      let silent = try RawSocket(port: server.port)
      let (text, end) = try silent.receive()
      #expect(text.isEmpty && end == .closed)
    }
  }

  @Test(arguments: [0, 200_000])
  func `a body that trickles is a 408, however fast it began`(_ start: Int) throws {
    try withServer { server in
      let socket = try RawSocket(port: server.port)
      socket.send(
        "POST /v1/edits HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: 1000000\r\n\r\n")
      socket.send([UInt8](repeating: 0x20, count: start))
      let answer = try trickle(socket)
      #expect(answer.hasPrefix("HTTP/1.1 408 ") && answer.contains("the body came too slowly"))
    }
  }

  @Test func `who asks and never reads is cut off, and holds no memory`() throws {
    try withServer { server in
      let before = try server.footprint()
      let socket = try RawSocket(port: server.port, receiveBuffer: 4096)
      // 200 answers of 80 KB: far beyond what the kernel keeps for a connection.
      let ask = "GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n"
      socket.send(String(repeating: ask, count: 200))
      // Of the descriptors alone one would read too early, before the connection is accepted.
      try eventually("the connection's end", within: 60) { socket.isOver }
      try eventually("the descriptor's end", within: 60) {
        try server.footprint().descriptors <= before.descriptors
      }
      #expect(try server.footprint().residentKiB < before.residentKiB + 16 << 10)
      // The kernel's copy of the answers went with the connection: no more comes than was on this side.
      let (text, end) = try socket.receive(patience: 5)
      #expect(text.utf8.count < 256 << 10 && end != .closed)
    }
  }

  @Test func `a connection that rests between requests is closed`() throws {
    try withServer(["idle_seconds": 1]) { server in
      let socket = try RawSocket(port: server.port)
      socket.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
      let (text, end) = try socket.receive()
      #expect(text.hasPrefix("HTTP/1.1 200 ") && end == .closed)
    }
  }

  @Test func `an address has so many connections, and a further one is reset`() throws {
    try withServer(["connections_per_address": 3]) { server in
      let ask = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
      var open: [RawSocket] = []
      // Who asked whether the server is ready may still hold a place.
      try eventually("three connections", within: 60) {
        let socket = try RawSocket(port: server.port)
        socket.send(ask)
        let answer = try socket.receive { $0.hasSuffix("}") }
        guard answer.text.hasSuffix("}") else { return false }
        open.append(socket)
        return open.count == 3
      }
      let refused = try RawSocket(port: server.port)
      let (text, end) = try refused.receive()
      #expect(text.isEmpty && end == .reset)
      open.removeLast()
      try eventually("a place", within: 60) {
        try Client(port: server.port).get("/livez").status == 200
      }
      for socket in open {
        socket.send(ask)
        #expect(try socket.receive { $0.hasSuffix("}") }.text.hasPrefix("HTTP/1.1 200 "))
      }
    }
  }
}
