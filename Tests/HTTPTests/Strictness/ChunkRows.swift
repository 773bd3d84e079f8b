extension RawTable {
  static let chunks = RawTable(
    name: "chunks",
    rows: [
      .open("one chunk", "9112 7.1", chunked("5\r\nhello\r\n0\r\n\r\n"), 200, content: "hello"),
      .open("no chunk", "9112 7.1", chunked("0\r\n\r\n"), 200, content: ""),
      .open(
        "several chunks", "9112 7.1", chunked("1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n"), 200,
        content: "abcdef"),
      .open(
        "sizes in both cases", "9112 7.1",
        chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), 200,
        content: "01234567890123456789"),
      .open(
        "zeros before a size", "9112 7.1", chunked("0005\r\nhello\r\n000\r\n\r\n"), 200,
        content: "hello"),
      .open(
        "line ends within a chunk", "9112 7.1", chunked("7\r\n0\r\n\r\nab\r\n0\r\n\r\n"), 200,
        content: "0\r\n\r\nab"),
      .open(
        "a chunk that looks like a request", "9112 7.1",
        chunked("\(String(smuggled.utf8.count, radix: 16))\r\n\(smuggled)\r\n0\r\n\r\n"), 200,
        content: smuggled),
      .open(
        "an extension", "9112 7.1.1", chunked("5;a\r\nhello\r\n0;b\r\n\r\n"), 200, content: "hello"),
      .open(
        "an extension with a value", "9112 7.1.1", chunked("5;a=b\r\nhello\r\n0\r\n\r\n"), 200,
        content: "hello"),
      .open(
        "an extension in quotes", "9112 7.1.1", chunked("5;a=\"b;\\\"c\"\r\nhello\r\n0\r\n\r\n"),
        200, content: "hello"),
      .open(
        "blanks around an extension's signs", "9112 7.1.1",
        chunked("5 ; a = b\r\nhello\r\n0\r\n\r\n"), 200, content: "hello"),
      .open(
        "several extensions", "9112 7.1.1", chunked("5;a;b=c;d=\"\"\r\nhello\r\n0\r\n\r\n"), 200,
        content: "hello"),
      .closed(
        "an extension without a name", "9112 7.1.1", chunked("5;\r\nhello\r\n0\r\n\r\n"), 400),
      .closed(
        "an extension without a value", "9112 7.1.1", chunked("5;a=\r\nhello\r\n0\r\n\r\n"), 400),
      .closed(
        "an extension of two words", "9112 7.1.1", chunked("5;a b\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("an open quote", "9112 7.1.1", chunked("5;a=\"b\r\nhello\r\n0\r\n\r\n"), 400),
      .closed(
        "an escape at the end of a quote", "9110 5.6.4", chunked("5;a=\"b\\\r\nhello\r\n0\r\n\r\n"),
        400),
      .closed(
        "a control character in an extension", "9112 7.1.1",
        chunked("5;a=\"\u{1}\"\r\nhello\r\n0\r\n\r\n"), 400),
      .closed(
        "a carriage return in an extension", "9112 7.1.1", chunked("5;a\rb\r\nhello\r\n0\r\n\r\n"),
        400),
      .closed(
        "a line feed ends an extension", "9112 7.1.1", chunked("5;a\nhello\r\n0\r\n\r\n"), 400),
      .closed("a size that is no number", "9112 7.1", chunked("x\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("no size", "9112 7.1", chunked("\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("only an extension", "9112 7.1", chunked(";a\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("a hexadecimal prefix", "9112 7.1", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("a plus before a size", "9112 7.1", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("a minus before a size", "9112 7.1", chunked("-5\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("an underscore in a size", "9112 7.1", chunked("0_5\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("a blank before a size", "9112 7.1", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("a blank after a size", "9112 7.1", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400),
      .closed("a comma after a size", "9112 7.1", chunked("5,a\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("NUL in a size", "9112 7.1", chunked("5\0\r\nhello\r\n0\r\n\r\n"), 400),
      .closed(
        "a size of 2^64 + 5", "9112 7.1", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("a size of 2^63", "9112 7.1", chunked("8000000000000000\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("a size above the limit", "9110 15.5.14", chunked("4000001\r\nhello"), 413),
      .closed(
        "sizes above the limit together", "9110 15.5.14", chunked("5\r\nhello\r\n3fffffc\r\nhello"),
        413),
      .closed(
        "a size that ends with a line feed", "9112 7.1", chunked("5\nhello\r\n0\r\n\r\n"), 400),
      .closed(
        "a size that ends with a carriage return", "9112 7.1", chunked("5\rhello\r\n0\r\n\r\n"), 400
      ),
      .closed("a chunk longer than its size", "9112 7.1", chunked("4\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("a chunk shorter than its size", "9112 7.1", chunked("6\r\nhello\r\n0\r\n\r\n"), 400),
      .closed("no line end behind a chunk", "9112 7.1", chunked("5\r\nhello0\r\n\r\n"), 400),
      .closed("a line feed behind a chunk", "9112 7.1", chunked("5\r\nhello\n0\r\n\r\n"), 400),
      .closed(
        "a carriage return behind a chunk", "9112 7.1", chunked("5\r\nhello\r0\r\n\r\n"), 400),
      .closed(
        "the end before the last chunk", "9112 8", chunked("5\r\nhello\r\n"), 400, finishes: true),
      .closed("the end within a chunk", "9112 8", chunked("5\r\nhel"), 400, finishes: true),
      .closed("the end within a size", "9112 8", chunked("5"), 400, finishes: true),
      .closed("the end before the trailers'", "9112 8", chunked("0\r\n"), 400, finishes: true),
    ])

  static let trailers = RawTable(
    name: "trailers",
    rows: [
      .open("a trailer", "9112 7.1.2", chunked("1\r\na\r\n0\r\nX: b\r\n\r\n"), 200, content: "a"),
      .open("several trailers", "9112 7.1.2", chunked("0\r\nX: b\r\nY: c\r\nX: d\r\n\r\n"), 200),
      .open("a length as a trailer", "9110 6.5.1", chunked("0\r\nContent-Length: 50\r\n\r\n"), 200),
      .open(
        "an encoding as a trailer", "9110 6.5.1",
        chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 200),
      .open("a second Host as a trailer", "9110 6.5.1", chunked("0\r\nHost: b\r\n\r\n"), 200),
      .open("an end as a trailer", "9110 6.5.1", chunked("0\r\nConnection: close\r\n\r\n"), 200),
      .closed("a folded trailer", "9112 5.2", chunked("0\r\nX: b\r\n c\r\n\r\n"), 400),
      .closed("a trailer without a colon", "9112 5", chunked("0\r\nX\r\n\r\n"), 400),
      .closed("a trailer with a blank name", "9112 5.1", chunked("0\r\nX : b\r\n\r\n"), 400),
      .closed("a trailer that ends with a line feed", "9112 2.2", chunked("0\r\nX: b\n\r\n"), 400),
      .closed("a trailer with NUL", "9110 5.5", chunked("0\r\nX: \0\r\n\r\n"), 400),
      .closed("a request in the place of trailers", "9112 7.1.2", chunked("0\r\n" + smuggled), 400),
      .closed("a line feed ends the trailers", "9112 2.2", chunked("0\r\n\n"), 400),
      .closed(
        "trailers above the limit", "9112 7.1.2",
        chunked("0\r\nX: \(String(repeating: "a", count: 33_000))\r\n\r\n"), 431),
    ])
}
