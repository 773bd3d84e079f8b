import CPlatform
import Glibc
import Logging
import Sockets
import Synchronization
import SystemPackage
import TLS
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Listeners` {
  /// Keeps what it is given and does nothing with it.
  private final class Holder: ConnectionDelegate {
    let connections = Mutex<[Connection]>([])

    func take(_ connection: Connection) {
      connections.withLock { $0.append(connection) }
      connection.start(delegate: self)
    }

    func connectionDidReceive(_ bytes: UnsafeRawBufferPointer) {}
    func connectionDidSecure(_ peer: TLSPeer) {}
    func connectionDidFail(_ failure: TLSFailure) {}
    func connectionDidReachEnd() {}
    func connectionDidDrain() {}
    func connectionDidClose(error: Errno?) {}

    /// Connections are counted before they are handed over.
    var isHolding: Bool { connections.withLock { !$0.isEmpty } }

    func closeOne() {
      let connection = connections.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      connection?.loop.queue.async { connection?.close() }
    }
  }

  private func listen(
    _ host: String = "127.0.0.1", limits: ConnectionLimits = ConnectionLimits(),
    calls: SystemCalls = .live, _ holder: Holder
  ) throws -> Listener {
    let listener = try Listener(
      address: SocketAddress(host: host, port: 0), group: EventLoopGroup(count: 1), limits: limits,
      calls: calls, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      handler: holder.take)
    listener.start()
    return listener
  }

  private func dial(_ address: SocketAddress) -> Int32 {
    platform_connect(platform_address(high: address.high, low: address.low, port: address.port))
  }

  private func wait(until condition: () -> Bool) async throws -> Bool {
    for _ in 0..<500 {
      if condition() { return true }
      try await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  @Test(arguments: ["127.0.0.1", "::1"])
  func `port 0 becomes a real one, on either kind of address`(host: String) async throws {
    let holder = Holder()
    let listener = try listen(host, holder)
    #expect(listener.address.port != 0)
    let client = dial(listener.address)
    #expect(client >= 0)
    #expect(try await wait { listener.connectionCount == 1 && holder.isHolding })
    holder.closeOne()
    #expect(try await wait { listener.connectionCount == 0 })
    close(client)
    listener.stop()
    #expect(try await wait { dial(listener.address) == -Errno.connectionRefused.rawValue })
  }

  @Test func `at the limit connections wait, and come in when there is room`() async throws {
    let holder = Holder()
    let listener = try listen(limits: ConnectionLimits(total: 2, perAddress: 9), holder)
    let clients = (0..<4).map { _ in dial(listener.address) }
    #expect(try await wait { holder.connections.withLock { $0.count } == 2 })
    try await Task.sleep(for: .milliseconds(50))
    #expect(listener.connectionCount == 2 && holder.connections.withLock { $0.count } == 2)
    holder.closeOne()
    holder.closeOne()
    #expect(try await wait { holder.connections.withLock { $0.count } == 2 })
    #expect(listener.connectionCount == 2)
    for client in clients { close(client) }
    listener.stop()
  }

  @Test func `without descriptors one is refused, and accepting goes on after a rest`() async throws
  {
    let failures = Mutex(2)
    let live = SystemCalls.live
    var calls = live
    calls.accept = { listener in
      let fails = failures.withLock { left in
        left -= 1
        return left >= 0 && left % 2 == 1
      }
      return fails ? .failed(.tooManyOpenFiles) : live.accept(listener)
    }
    let holder = Holder()
    let listener = try listen(calls: calls, holder)
    let refused = dial(listener.address)
    var byte: UInt8 = 0
    // The reserve descriptor served to accept and refuse it.
    #expect(try await wait { recv(refused, &byte, 1, Int32(MSG_DONTWAIT)) == 0 })
    let client = dial(listener.address)
    #expect(try await wait { listener.connectionCount == 1 })
    close(refused)
    close(client)
    listener.stop()
  }

  @Test func `an address in use says what to do`() throws {
    let holder = Holder()
    let listener = try listen("127.0.0.1", holder)
    #expect {
      _ = try Listener(
        address: listener.address, group: EventLoopGroup(count: 1), logger: Logger(label: "test")
      ) { _ in }
    } throws: { error in
      "\(error)".contains("in use") && "\(error)".contains("another port")
    }
    listener.stop()
  }

  @Test func `addresses know what they are`() throws {
    let local = try SocketAddress(host: "127.1.2.3", port: 80)
    #expect(local.isLoopback && local.isIPv4 && "\(local)" == "127.1.2.3:80")
    let six = try SocketAddress(host: "::1", port: 8080)
    #expect(six.isLoopback && "\(six)" == "[::1]:8080")
    let any = try SocketAddress(host: "0.0.0.0", port: 1)
    #expect(!any.isLoopback)
    let (a, b, c) = try (
      SocketAddress(host: "2001:db8::1", port: 1), SocketAddress(host: "2001:db8::2", port: 2),
      SocketAddress(host: "2001:db8:0:1::1", port: 1)
    )
    #expect(a.limitKey == b.limitKey && a.limitKey != c.limitKey)
    #expect(try SocketAddress(host: "::ffff:10.0.0.1", port: 1).isIPv4)
    #expect(throws: SocketError.self) { _ = try SocketAddress(host: "no such host", port: 1) }
  }
}
