import Foundation
import Locks

/// A relay in user space between TCP and a server's socket, which can fall silent as a cut cable does:
/// connections stay open, and nothing comes through.
final class Relay: Sendable {
  let port: UInt16
  private let listener: Int32
  private let target: String
  private let state = Lock(State())

  private struct State {
    var descriptors: [Int32] = []
    /// Connections below this number pass nothing on.
    var firstAlive = 0
    var accepted = 0
    var isStopped = false
  }

  /// - Parameter target: path of a UNIX socket.
  init(to target: String) throws {
    self.target = target
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(listener, $0, length)
        _ = listen(listener, 64)
        _ = getsockname(listener, $0, &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    self.listener = listener
    Thread { [self] in accept() }.start()
  }

  /// Whoever is connected hears nothing any more; who comes later does.
  func fallSilent() {
    state.withLock { $0.firstAlive = $0.accepted }
  }

  func stop() {
    let descriptors = state.withLock { state in
      state.isStopped = true
      return state.descriptors
    }
    for descriptor in descriptors + [listener] { shutdown(descriptor, Int32(SHUT_RDWR)) }
  }

  var accepted: Int { state.withLock { $0.accepted } }

  private func accept() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { break }
      guard let server = connect() else {
        close(client)
        continue
      }
      let number = state.withLock { state in
        state.descriptors += [client, server]
        defer { state.accepted += 1 }
        return state.accepted
      }
      Thread { [self] in pump(client, server, number) }.start()
      Thread { [self] in pump(server, client, number) }.start()
    }
    close(listener)
  }

  private func connect() -> Int32? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: target.utf8.prefix(path.count - 1))
    }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  /// Passes bytes on in one direction; what a silent connection gets is thrown away.
  private func pump(_ from: Int32, _ to: Int32, _ number: Int) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(from, &buffer, buffer.count, 0)
      let isSilent = state.withLock { number < $0.firstAlive && !$0.isStopped }
      if count <= 0 {
        // A cut cable tells nobody of an end, either.
        if !isSilent { shutdown(to, Int32(SHUT_WR)) }
        return
      }
      guard !isSilent else { continue }
      var sent = 0
      while sent < count {
        let step = buffer.withUnsafeBytes {
          send(to, $0.baseAddress.map { $0 + sent }, count - sent, Int32(MSG_NOSIGNAL))
        }
        guard step > 0 else { return }
        sent += step
      }
    }
  }
}
