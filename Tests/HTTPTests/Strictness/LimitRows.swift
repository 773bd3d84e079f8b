/// A text of so many letters.
private func letters(_ count: Int) -> String { String(repeating: "a", count: count) }

/// So many field lines, the last without its end.
private func lines(_ count: Int) -> String {
  (0..<count).map { "X\($0): a" }.joined(separator: "\r\n")
}

extension RawTable {
  /// Every limit at its last byte and one beyond.
  static let limits = RawTable(
    name: "limits",
    rows: [
      .open(
        "a request line of 8192 bytes", "9112 3",
        request("GET /?\(letters(8192 - 15)) HTTP/1.1", "Host: a"), 200),
      .closed(
        "a request line of 8193 bytes", "9110 15.5.15",
        request("GET /?\(letters(8193 - 15)) HTTP/1.1", "Host: a"), 414),
      .closed("a request line without an end", "9110 15.5.15", "GET /\(letters(9000))", 414),
      .open(
        "fields of 32 KiB but for the last line end", "9110 5.4",
        get("X: \(letters(32 * 1024 - 9 - 3))"), 200),
      .closed(
        "fields of 32 KiB and a byte", "9110 5.4", get("X: \(letters(32 * 1024 - 8 - 3))"), 431),
      .closed("fields without an end", "9110 5.4", "GET / HTTP/1.1\r\nX: \(letters(33_000))", 431),
      .open("a hundred fields", "9110 5.4", get(lines(99)), 200),
      .closed("a hundred and one fields", "9110 5.4", get(lines(100)), 431),
      .open(
        "a size line of 1024 bytes", "9112 7.1.1",
        chunked("1;\(letters(1022))\r\nx\r\n0\r\n\r\n"), 200, content: "x"),
      .closed(
        "a size line of 1025 bytes", "9112 7.1.1", chunked("1;\(letters(1023))\r\nx\r\n0\r\n\r\n"),
        400),
      .closed(
        "extensions above 16 KiB together", "9112 7.1.1",
        chunked(String(repeating: "1;\(letters(1000))\r\nx\r\n", count: 17)), 400),
      .closed(
        "a size line of zeros", "9112 7.1", chunked(String(repeating: "0", count: 17) + "\r\n\r\n"),
        400),
      .closed(
        "a hundred and one trailers", "9112 7.1.2", chunked("0\r\n\(lines(101))\r\n\r\n"), 431),
    ])
}
