import CPlatform
import Foundation
import Outbound
import Sockets
import Testing

/// A real peer on this machine that reads one request and then does what it is told.
private final class LoopbackPeer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let hasGone = DispatchSemaphore(value: 0)

  init(_ talk: @escaping @Sendable (Int32) -> Void) throws {
    var address = platform_address(high: 0, low: 0xffff_7f00_0001, port: 0)
    let listener = platform_listen(address, 8)
    try #require(listener >= 0)
    try #require(platform_local_address(listener, &address) == 0)
    (self.listener, port) = (listener, address.port)
    let thread = Thread { [hasGone] in
      while platform_wait(listener, 0, 10_000) == 1 {
        var peer = platform_address()
        let socket = platform_accept(listener, &peer)
        guard socket >= 0 else { break }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while platform_wait(socket, 0, 10_000) == 1 {
          let count = platform_receive(socket, &buffer, buffer.count)
          if count <= 0 || buffer[..<count].suffix(2).elementsEqual("{}".utf8) { break }
        }
        talk(socket)
        close(socket)
      }
      // Closed here alone: who waits for a number that was closed and given again serves another's.
      hasGone.wait()
      close(listener)
    }
    thread.start()
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    hasGone.signal()
  }

  /// Whether all of it could be said; a socket takes only as much as it has room for.
  static func say(_ text: String, to socket: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      guard platform_wait(socket, 1, 10_000) == 1 else { return false }
      let sent = rest.withUnsafeBytes { bytes in
        var piece = iovec(
          iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
        return platform_send(socket, &piece, 1)
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  func client(timeout: Duration) throws -> OutboundClient {
    OutboundClient(
      policy: AddressPolicy(allowed: [try NetworkRange("127.0.0.1")]), timeout: timeout,
      secure: { stream, _, _ throws(OutboundError) in stream })
  }

  var request: OutboundRequest { .post(to: "127.0.0.1", port: port, isSecure: false) }
}

@Suite(.serialized) struct `A peer on this machine` {
  @Test func `is heard`() async throws {
    let peer = try LoopbackPeer { socket in
      _ = LoopbackPeer.say("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok", to: socket)
    }
    #expect(try await peer.client(timeout: .seconds(30)).send(peer.request).status == 202)
  }

  @Test func `that drips is left at the deadline`() async throws {
    let peer = try LoopbackPeer { socket in
      guard LoopbackPeer.say("HTTP/1.1 200 OK\r\n", to: socket) else { return }
      // A byte now and then, until the other side has gone.
      while LoopbackPeer.say("a", to: socket) { usleep(20_000) }
    }
    await #expect(throws: OutboundError.timedOut("answer")) {
      try await peer.client(timeout: .milliseconds(300)).send(peer.request)
    }
  }

  @Test func `that says nothing is left at the deadline`() async throws {
    let peer = try LoopbackPeer { socket in _ = platform_wait(socket, 0, 10_000) }
    await #expect(throws: OutboundError.timedOut("answer")) {
      try await peer.client(timeout: .milliseconds(100)).send(peer.request)
    }
  }

  @Test func `that hangs up early is told so`() async throws {
    let peer = try LoopbackPeer { socket in _ = LoopbackPeer.say("HTTP/1.1 200 OK\r\n", to: socket)
    }
    await #expect(throws: OutboundError.cutOff) {
      try await peer.client(timeout: .seconds(30)).send(peer.request)
    }
  }

  @Test func `with a head without end is left, one with endless content counts by its status`()
    async throws
  {
    let endlessHead = try LoopbackPeer { socket in
      guard LoopbackPeer.say("HTTP/1.1 200 OK\r\n", to: socket) else { return }
      while platform_wait(socket, 1, 10_000) == 1,
        LoopbackPeer.say(String(repeating: "x: y\r\n", count: 100), to: socket)
      {}
    }
    let error = await #expect(throws: OutboundError.self) {
      try await endlessHead.client(timeout: .seconds(30)).send(endlessHead.request)
    }
    guard case .tooLarge = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let endlessContent = try LoopbackPeer { socket in
      guard LoopbackPeer.say("HTTP/1.1 200 OK\r\n\r\n", to: socket) else { return }
      while platform_wait(socket, 1, 10_000) == 1,
        LoopbackPeer.say(String(repeating: "x", count: 1000), to: socket)
      {}
    }
    let client = try endlessContent.client(timeout: .seconds(30))
    #expect(try await client.send(endlessContent.request).status == 200)
  }

  @Test func `that is not there is told so`() async throws {
    let peer = try LoopbackPeer { _ in }
    // A port that nobody has.
    let request = OutboundRequest.post(to: "127.0.0.1", port: 1, isSecure: false)
    let error = await #expect(throws: OutboundError.self) {
      try await peer.client(timeout: .seconds(30)).send(request)
    }
    guard case .unreachable = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
