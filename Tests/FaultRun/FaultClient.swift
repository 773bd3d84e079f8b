import Foundation

/// One request a connection over a blocking socket, with a limit of time: a stopped server accepts
/// and stays silent.
struct FaultClient {
  struct Answer {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    var json: [String: Any]? {
      (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
    }

    var retryAfter: Int? { headers["retry-after"].flatMap { Int($0) } }
  }

  /// Nil where no whole answer comes within the time: the connection is refused, breaks off or
  /// stays silent.
  static func send(
    _ method: String, _ path: String, port: UInt16, headers: [String: String] = [:],
    body: [UInt8] = [], seconds: Int = 6
  ) -> Answer? {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard handle >= 0 else { return nil }
    defer { close(handle) }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    guard connect(handle, port), write(head(method, path, headers, body.count) + body, to: handle)
    else { return nil }
    return readAll(handle).flatMap(parse)
  }

  private static func head(
    _ method: String, _ path: String, _ headers: [String: String], _ length: Int
  ) -> [UInt8] {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if length > 0 { head += "Content-Length: \(length)\r\n" }
    return Array((head + "\r\n").utf8)
  }

  private static func connect(_ handle: Int32, _ port: UInt16) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func write(_ bytes: [UInt8], to handle: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          handle, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private static func readAll(_ handle: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(handle, &buffer, buffer.count, 0)
      if count < 0 { return nil }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// Nil for what broke off before its end.
  private static func parse(_ bytes: [UInt8]) -> Answer? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count > 1, let status = Int(words[1]) else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    var body = Array(bytes[end.upperBound...])
    if let length = headers["content-length"].flatMap({ Int($0) }) {
      guard body.count == length || status == 304 else { return nil }
    } else if headers["transfer-encoding"] == "chunked" {
      guard let whole = unchunked(body) else { return nil }
      body = whole
    }
    return Answer(status: status, headers: headers, body: body)
  }

  private static func unchunked(_ bytes: [UInt8]) -> [UInt8]? {
    var body: [UInt8] = []
    var rest = bytes[...]
    while let lineEnd = rest.firstRange(of: [0x0d, 0x0a]) {
      let digits = String(decoding: rest[..<lineEnd.lowerBound], as: UTF8.self)
      guard let size = Int(digits, radix: 16), rest.count >= digits.count + size + 4 else {
        return nil
      }
      if size == 0 { return body }
      body += rest[lineEnd.upperBound..<(lineEnd.upperBound + size)]
      rest = rest[(lineEnd.upperBound + size + 2)...]
    }
    return nil
  }
}
