import Foundation
import Glibc
import Sockets
import TLS

/// One GET over a blocking socket with time limits.
struct HealthProbe {
  /// Where a URL leads.
  struct Target: Equatable {
    let host: String
    let port: UInt16
    let path: String
    let isSecure: Bool

    init?(_ text: String) {
      guard let parts = URLComponents(string: text),
        let scheme = parts.scheme, ["http", "https"].contains(scheme),
        let host = parts.host, !host.isEmpty,
        let port = UInt16(exactly: parts.port ?? (scheme == "https" ? 443 : 80))
      else { return nil }
      isSecure = scheme == "https"
      // IPv6 addresses stand in brackets in a URL.
      self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
      self.port = port
      path =
        (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath)
        + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
    }
  }

  struct Answer: Equatable {
    let status: Int
    let body: String
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  let target: Target
  /// Seconds that every single wait may last.
  let timeout: Int
  /// Whom to believe over TLS.
  var trust = TLSClientContext.Trust.system

  /// - Throws: `Failure` where nobody answers in time, or not with HTTP.
  func answer() throws -> Answer {
    let request = "GET \(target.path) HTTP/1.1\r\nHost: \(target.host)\r\nConnection: close\r\n\r\n"
    if target.isSecure { return try parse(try exchangeSecurely(request)) }
    let socket = try connect()
    defer { close(socket) }
    let sent = request.withCString { send(socket, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
    guard sent == request.utf8.count else { throw failure("cannot send") }
    return try parse(try receive(socket))
  }

  /// The same over TLS; the answer may end with the connection, since its length is told.
  private func exchangeSecurely(_ request: String) throws -> [UInt8] {
    let context = try TLSClientContext(trust: trust)
    let deadline = ContinuousClock.now + .seconds(timeout)
    var stream = SecureStream(descriptor: try connect(), context: context, host: target.host)
    var bytes: [UInt8] = []
    do throws(SecureStreamError) {
      try stream.handshake(until: deadline)
      try stream.write(Array(request.utf8), until: deadline)
      while bytes.count < 65_536, let more = try stream.read(until: deadline) { bytes += more }
    } catch .tls(.truncated) where !bytes.isEmpty {
      return bytes
    } catch {
      throw Failure(description: "\(target.host):\(target.port): \(error)")
    }
    return bytes
  }

  private func connect() throws -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(target.host, String(target.port), &hints, &found)
    guard code == 0 else {
      throw Failure(description: "\(target.host): \(String(cString: gai_strerror(code)))")
    }
    defer { freeaddrinfo(found) }
    var next = found
    while let address = next {
      if let socket = open(address.pointee) { return socket }
      next = address.pointee.ai_next
    }
    throw failure("cannot connect")
  }

  private func open(_ address: addrinfo) -> Int32? {
    let socket = Glibc.socket(
      address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return nil }
    var limit = timeval(tv_sec: timeout, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    guard Glibc.connect(socket, address.ai_addr, address.ai_addrlen) == 0 else {
      let code = errno
      close(socket)
      errno = code
      return nil
    }
    return socket
  }

  /// To the end of the answer, 64 KiB at most.
  private func receive(_ socket: Int32) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 65_536 {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count >= 0 else { throw failure("no answer") }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  private func parse(_ bytes: [UInt8]) throws -> Answer {
    let text = String(decoding: bytes, as: UTF8.self)
    let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
    guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      throw Failure(description: "\(target.host):\(target.port) does not answer with HTTP")
    }
    let body = text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
    return Answer(status: status, body: body)
  }

  private func failure(_ what: String) -> Failure {
    Failure(
      description:
        "\(what) on \(target.host):\(target.port): \(String(cString: strerror(errno)))")
  }
}
