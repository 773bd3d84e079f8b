import Foundation

/// A client of one request a connection, over a blocking socket, so that tests see every byte.
struct Client {
  let port: UInt16

  struct Answer {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    func json() throws -> [String: Any] {
      guard let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
      else { throw JourneyError("not an object: \(String(decoding: body, as: UTF8.self))") }
      return object
    }
  }

  func get(_ path: String, headers: [String: String] = [:]) throws -> Answer {
    try send("GET", path, headers: headers)
  }

  func delete(_ path: String) throws -> Answer {
    try send("DELETE", path)
  }

  /// Posts fields and files as multipart/form-data.
  func post(
    _ path: String, fields: [String: String], files: [String: [UInt8]],
    headers: [String: String] = [:]
  ) throws -> Answer {
    let (type, body) = Self.form(fields: fields, files: files)
    return try send(
      "POST", path, headers: headers.merging(["Content-Type": type]) { $1 }, body: body)
  }

  func send(
    _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
  ) throws -> Answer {
    let socket = try connect()
    defer { close(socket) }
    try write(Self.head(method, path, headers: headers, length: body.count) + body, to: socket)
    return try Self.parse(try readAll(socket))
  }

  /// Sends a request's bytes and hangs up without reading the answer.
  func sendAndHangUp(_ bytes: [UInt8]) throws {
    let socket = try connect()
    try write(bytes, to: socket)
    close(socket)
  }

  static func head(
    _ method: String, _ path: String, headers: [String: String], length: Int
  ) -> [UInt8] {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if length > 0 || method == "POST" { head += "Content-Length: \(length)\r\n" }
    return Array((head + "\r\n").utf8)
  }

  static func form(fields: [String: String], files: [String: [UInt8]]) -> (String, [UInt8]) {
    let boundary = "byteedit-journey-7d1f"
    var body: [UInt8] = []
    for (name, value) in fields {
      body += Array(
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8
      )
    }
    for (name, bytes) in files {
      body += Array(
        ("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; "
          + "filename=\"upload\"\r\nContent-Type: application/octet-stream\r\n\r\n").utf8)
      body += bytes + Array("\r\n".utf8)
    }
    body += Array("--\(boundary)--\r\n".utf8)
    return ("multipart/form-data; boundary=\(boundary)", body)
  }

  func connect() throws -> Int32 {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      close(handle)
      throw JourneyError("connect: \(String(cString: strerror(errno)))")
    }
    return handle
  }

  private func write(_ bytes: [UInt8], to socket: Int32) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          socket, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw JourneyError("send: \(String(cString: strerror(errno)))") }
      sent += count
    }
  }

  private func readAll(_ socket: Int32) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count <= 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  private static func parse(_ bytes: [UInt8]) throws -> Answer {
    let separator = Array("\r\n\r\n".utf8)
    guard let end = bytes.firstRange(of: separator) else {
      throw JourneyError("no answer in \(bytes.count) bytes")
    }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    guard let status = Int(lines[0].split(separator: " ")[1]) else {
      throw JourneyError("no status in \(lines[0])")
    }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    return Answer(status: status, headers: headers, body: Array(bytes[end.upperBound...]))
  }
}
