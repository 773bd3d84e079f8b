import Glibc
import Logging
import Sockets
import Synchronization
import SystemPackage
import TLS
import TestCertificates
import Testing

/// Notes what a connection tells, and lets tests wait for it.
private final class Recorder: ConnectionDelegate {
  let events: AsyncStream<String>
  private let sink: AsyncStream<String>.Continuation

  init() {
    (events, sink) = AsyncStream.makeStream()
  }

  func connectionDidReceive(_ bytes: UnsafeRawBufferPointer) {
    sink.yield(String(decoding: bytes, as: UTF8.self))
  }

  func connectionDidSecure(_ peer: TLSPeer) { sink.yield(peer.version) }
  func connectionDidFail(_ failure: TLSFailure) { sink.yield(failure.label) }
  func connectionDidReachEnd() { sink.yield("end") }
  func connectionDidDrain() { sink.yield("drained") }
  func connectionDidClose(error: Errno?) { sink.yield("closed \(error?.rawValue ?? 0)") }
}

/// Both ends of a socket: one carried by a connection, one plain and non-blocking.
private final class Pair: Sendable {
  let connection: Connection
  let recorder = Recorder()
  let other: Int32
  let closed: Mutex<[Int32]>

  init(
    tls: TLSServerContext? = nil, overTCP: Bool = false,
    _ change: (inout SystemCalls) -> Void = { _ in }
  ) throws {
    let ends = try overTCP ? Pair.endsOverTCP() : Pair.ends()
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    var calls = SystemCalls.live
    change(&calls)
    let address = try SocketAddress(host: "127.0.0.1", port: 1)
    other = ends[1]
    closed = Mutex([])
    connection = Connection(
      descriptor: ends[0], peer: address, loop: EventLoop(label: "test"), calls: calls,
      lowWater: 1000, tls: tls)
    onLoop { [recorder] in $0.start(delegate: recorder) }
  }

  deinit { close(other) }

  private static func ends() throws -> [Int32] {
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      throw Errno.badFileDescriptor
    }
    return ends
  }

  private static func endsOverTCP() throws -> [Int32] {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let server = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(listener, address, length) == 0, listen(listener, 1) == 0,
          getsockname(listener, address, &length) == 0, connect(client, address, length) == 0
        else { return Int32(-1) }
        return accept(listener, nil, nil)
      }
    }
    guard server >= 0 else { throw Errno(rawValue: errno) }
    return [server, client]
  }

  func onLoop(_ body: @escaping @Sendable (Connection) -> Void) {
    connection.loop.queue.sync { [connection] in body(connection) }
  }

  func readAll() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(other, &buffer, buffer.count)
      guard count > 0 else { return all }
      all += buffer[..<count]
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct `Connections` {
  @Test func `bytes come, the end is told once, and answers can still be sent`() async throws {
    let pair = try Pair()
    var events = pair.recorder.events.makeAsyncIterator()
    _ = write(pair.other, "abc", 3)
    #expect(await events.next() == "abc")
    shutdown(pair.other, Int32(SHUT_WR))
    #expect(await events.next() == "end")
    pair.onLoop {
      $0.write(Array("one".utf8), Array("two".utf8))
      $0.closeWhenDrained()
    }
    #expect(await events.next() == "closed 0")
    #expect(pair.readAll() == Array("onetwo".utf8))
  }

  @Test func `a paused connection reads nothing until it is resumed`() async throws {
    let pair = try Pair()
    var events = pair.recorder.events.makeAsyncIterator()
    pair.onLoop { $0.pauseReading() }
    _ = write(pair.other, "a", 1)
    try await Task.sleep(for: .milliseconds(50))
    _ = write(pair.other, "b", 1)
    pair.onLoop { $0.resumeReading() }
    #expect(await events.next() == "ab")
    pair.onLoop { $0.close() }
    #expect(await events.next() == "closed 0")
  }

  @Test func `a paused connection can be closed`() async throws {
    let pair = try Pair()
    var events = pair.recorder.events.makeAsyncIterator()
    pair.onLoop {
      $0.pauseReading()
      $0.close()
    }
    #expect(await events.next() == "closed 0")
  }

  @Test func `short writes go on where they stopped`() async throws {
    let sizes = Mutex<[Int]>([])
    let pair = try Pair { calls in
      let send = calls.send
      calls.send = { socket, pieces in
        // One byte at a time, and every third time no room.
        let turn = sizes.withLock { sizes in
          sizes.append(pieces.reduce(0) { $0 + Int($1.iov_len) })
          return sizes.count
        }
        guard turn % 3 != 0 else { return .wouldBlock }
        var first = iovec(iov_base: pieces[0].iov_base, iov_len: 1)
        return withUnsafePointer(to: &first) {
          send(socket, UnsafeBufferPointer(start: $0, count: 1))
        }
      }
    }
    var events = pair.recorder.events.makeAsyncIterator()
    let text = "head body"
    pair.onLoop {
      $0.write(Array("head".utf8), Array(" body".utf8))
      $0.closeWhenDrained()
    }
    #expect(await events.next() == "closed 0")
    #expect(pair.readAll() == Array(text.utf8))
    // Both pieces are offered in one call.
    #expect(sizes.withLock { $0.first } == text.utf8.count)
  }

  @Test func `TLS over a socket that takes little: all comes, in order, and then the end`()
    async throws
  {
    let folder = try CertificateFolder()
    let context = try TLSServerContext(
      .init(certificate: folder.file("server.pem"), key: folder.file("server.key")))
    let turns = Mutex(0)
    let pair = try Pair(tls: context) { calls in
      let send = calls.send
      calls.send = { socket, pieces in
        let turn = turns.withLock { turns in
          turns += 1
          return turns
        }
        guard turn % 3 != 0 else { return .wouldBlock }
        var first = iovec(iov_base: pieces[0].iov_base, iov_len: min(pieces[0].iov_len, 777))
        return withUnsafePointer(to: &first) {
          send(socket, UnsafeBufferPointer(start: $0, count: 1))
        }
      }
    }
    var events = pair.recorder.events.makeAsyncIterator()
    var client = TLSSession(
      client: try TLSClientContext(trust: .file(folder.file("ca.pem"))), host: "localhost")
    var pending = client.start()
    var (received, hasEnded) = ([UInt8](), false)
    let answer = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    while !hasEnded {
      for action in pending {
        switch action {
        case .send(let bytes): #expect(write(pair.other, bytes, bytes.count) == bytes.count)
        case .established:
          for case .send(let bytes) in client.write(Array("ask".utf8)) {
            #expect(write(pair.other, bytes, bytes.count) == bytes.count)
          }
          #expect(await events.next() == "TLSv1.3")
          #expect(await events.next() == "ask")
          pair.onLoop {
            $0.write(Array(answer[..<10]), Array(answer[10...]))
            #expect($0.pendingCount > 90_000)
            $0.closeWhenDrained()
          }
        case .deliver(let bytes): received += bytes
        case .end: hasEnded = true
        case .fail(let failure): throw failure
        }
      }
      await Task.yield()
      pending = pair.readAll().withUnsafeBytes { client.receive($0) }
    }
    #expect(received == answer)
    while let event = await events.next(), event != "closed 0" { #expect(event == "drained") }
  }

  @Test func `a slow reader is noticed, and so is that it caught up`() async throws {
    let pair = try Pair()
    var events = pair.recorder.events.makeAsyncIterator()
    let count = 4_000_000
    pair.onLoop { $0.write([UInt8](repeating: 7, count: count)) }
    #expect(pair.connection.loop.queue.sync { pair.connection.pendingCount } > 1000)
    var received = 0
    while received < count {
      received += pair.readAll().count
      try await Task.sleep(for: .milliseconds(1))
    }
    #expect(received == count)
    #expect(await events.next() == "drained")
    pair.onLoop { $0.close() }
  }

  @Test func `a failing call closes with its error, and the descriptor once`() async throws {
    let closed = Mutex(0)
    let pair = try Pair { calls in
      calls.send = { _, _ in .failed(.brokenPipe) }
      let close = calls.close
      calls.close = { descriptor in
        closed.withLock { $0 += 1 }
        close(descriptor)
      }
    }
    var events = pair.recorder.events.makeAsyncIterator()
    pair.onLoop {
      $0.write([1])
      $0.write([2])
      $0.close()
    }
    #expect(await events.next() == "closed \(Errno.brokenPipe.rawValue)")
    #expect(closed.withLock { $0 } == 1)
  }

  @Test func `lingering sends the end, swallows what comes and closes with the peer`() async throws
  {
    let pair = try Pair()
    var events = pair.recorder.events.makeAsyncIterator()
    pair.onLoop {
      $0.write(Array("bye".utf8))
      $0.linger()
    }
    _ = write(pair.other, "late", 4)
    try await Task.sleep(for: .milliseconds(20))
    #expect(pair.readAll() == Array("bye".utf8))
    shutdown(pair.other, Int32(SHUT_WR))
    #expect(await events.next() == "closed 0")
  }

  @Test func `a reset takes what was sent and not read with it`() async throws {
    let pair = try Pair(overTCP: true)
    var events = pair.recorder.events.makeAsyncIterator()
    let sent = 64 << 20
    pair.onLoop {
      $0.write([UInt8](repeating: 7, count: sent))
      $0.reset()
      $0.reset()
    }
    #expect(await events.next() == "closed 0")
    var ready = pollfd(fd: pair.other, events: 0, revents: 0)
    #expect(poll(&ready, 1, 10_000) == 1)
    // After a plain close there would be an end without an error, and megabytes before it.
    #expect(ready.revents & Int16(POLLERR) != 0)
    #expect(pair.readAll().count < sent)
  }
}
