extension RawTable {
  static let contentLength = RawTable(
    name: "Content-Length",
    rows: [
      .open("a body", "9112 6.3", post("Content-Length: 5", "hello"), 200, content: "hello"),
      .open("no body", "9112 6.3", request("POST / HTTP/1.1", "Host: a"), 200, content: ""),
      .open("a length of zero", "9112 6.3", post("Content-Length: 0", ""), 200, content: ""),
      .open(
        "zeros in front", "9110 8.6", post("Content-Length: 0005", "hello"), 200, content: "hello"),
      .open(
        "blanks around", "9112 5.1", post("Content-Length:  \t5\t ", "hello"), 200, content: "hello"
      ),
      .open(
        "a body with GET", "9110 9.3.1",
        request("GET / HTTP/1.1", "Host: a", "Content-Length: 2", body: "ab"), 200, content: "ab"),
      .open(
        "a body that looks like a request", "9112 6.3",
        post("Content-Length: \(smuggled.utf8.count)", smuggled), 200, content: smuggled),
      .open(
        "a body that nobody reads", "9112 9.3",
        request("POST /unread HTTP/1.1", "Host: a", "Content-Length: 5", body: "hello"), 200,
        content: "unread"),
      .closed(
        "a long body that nobody reads", "9112 9.3",
        request("POST /unread HTTP/1.1", "Host: a", "Content-Length: 200000"), 200),
      .closed(
        "two equal fields", "9110 8.6", post("Content-Length: 5\r\nContent-Length: 5", "hello"), 400
      ),
      .closed(
        "two that differ in length", "9112 6.3",
        post("Content-Length: 5\r\nContent-Length: 6", "hello"), 400),
      .closed("a list of equal lengths", "9110 8.6", post("Content-Length: 5, 5", "hello"), 400),
      .closed("a list of two lengths", "9112 6.3", post("Content-Length: 5, 6", "hello"), 400),
      .closed("a list with an empty element", "9112 6.3", post("Content-Length: 5,", "hello"), 400),
      .closed("no length in the field", "9112 6.3", post("Content-Length:", "hello"), 400),
      .closed("a plus sign", "9112 6.3", post("Content-Length: +5", "hello"), 400),
      .closed("a minus sign", "9112 6.3", post("Content-Length: -5", "hello"), 400),
      .closed("minus zero", "9112 6.3", post("Content-Length: -0", ""), 400),
      .closed("a hexadecimal length", "9112 6.3", post("Content-Length: 0x5", "hello"), 400),
      .closed("a fraction", "9112 6.3", post("Content-Length: 5.0", "hello"), 400),
      .closed("an exponent", "9112 6.3", post("Content-Length: 5e0", "hello"), 400),
      .closed(
        "an underscore in the length", "9112 6.3", post("Content-Length: 1_0", "hello12345"), 400),
      .closed("a blank in the length", "9112 6.3", post("Content-Length: 1 0", "hello"), 400),
      .closed("quotes", "9112 6.3", post("Content-Length: \"5\"", "hello"), 400),
      .closed("letters", "9112 6.3", post("Content-Length: five", "hello"), 400),
      .closed(
        "digits of another script", "9112 6.3", post("Content-Length: \u{d9}\u{a5}", "hello"), 400),
      .closed("NUL in the length", "9110 5.5", post("Content-Length: 5\0", "hello"), 400),
      .closed(
        "a vertical tab before the length", "9110 5.5", post("Content-Length: \u{b}5", "hello"), 400
      ),
      .closed(
        "a blank before the length's colon", "9112 5.1", post("Content-Length : 5", "hello"), 400),
      .closed("a folded length", "9112 5.2", post("Content-Length:\r\n 5", "hello"), 400),
      .closed(
        "a length above 64 bits", "9110 15.5.14",
        post("Content-Length: 18446744073709551621", "hello"), 413),
      .closed(
        "a length above the limit", "9110 15.5.14", post("Content-Length: 67108865", "hello"), 413),
      .closed(
        "another name is no length", "9112 6.3", post("Content_Length: 40", "nonsense\r\n"), 200,
        400),
      .closed(
        "a body that stops short", "9112 8", post("Content-Length: 6", "hello"), 400, finishes: true
      ),
      .closed(
        "a body of no bytes that stops short", "9112 8", post("Content-Length: 6", ""), 400,
        finishes: true),
      .closed(
        "a body longer than its length", "9112 6.3", post("Content-Length: 4", "hello\r\n\r\n"),
        200, 400, content: nil),
    ])

  static let transferEncoding = RawTable(
    name: "Transfer-Encoding",
    rows: [
      .open(
        "chunked in any case", "9112 7", post("Transfer-Encoding: ChunKED", "1\r\na\r\n0\r\n\r\n"),
        200, content: "a"),
      .open(
        "an empty element after it", "9110 5.6.1.2",
        post("Transfer-Encoding: chunked,", "0\r\n\r\n"), 200),
      .open(
        "empty elements before it", "9110 5.6.1.2",
        post("Transfer-Encoding: , ,\tchunked", "0\r\n\r\n"), 200),
      .open(
        "chunked with GET", "9112 6.3",
        request(
          "GET / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", body: "1\r\na\r\n0\r\n\r\n"),
        200, content: "a"),
      .closed(
        "with Content-Length", "9112 6.3",
        post("Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + smuggled), 400),
      .closed(
        "before Content-Length", "9112 6.3",
        post("Transfer-Encoding: chunked\r\nContent-Length: 4", "5c\r\n" + smuggled), 400),
      .closed(
        "with Content-Length of zero", "9112 6.3",
        post("Transfer-Encoding: chunked\r\nContent-Length: 0", "0\r\n\r\n"), 400),
      .closed(
        "unknown, with Content-Length", "9112 6.3",
        post("Transfer-Encoding: x\r\nContent-Length: 5", "hello"), 400),
      .closed(
        "in HTTP/1.0", "9112 6.1",
        request("POST / HTTP/1.0", "Host: a", "Transfer-Encoding: chunked", body: "0\r\n\r\n"), 400),
      .closed(
        "in HTTP/1.0 with keep-alive", "9112 6.1",
        request(
          "POST / HTTP/1.0", "Connection: keep-alive", "Transfer-Encoding: chunked",
          body: "0\r\n\r\n"), 400),
      .closed("an unknown coding", "9112 6.1", post("Transfer-Encoding: cow", "0\r\n\r\n"), 501),
      .closed("gzip alone", "9112 6.3", post("Transfer-Encoding: gzip", "x"), 501),
      .closed(
        "gzip, then chunked", "9112 6.1", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"), 501
      ),
      .closed("identity", "9112 7", post("Transfer-Encoding: identity", "x"), 501),
      .closed(
        "identity, then chunked", "9112 7",
        post("Transfer-Encoding: identity, chunked", "0\r\n\r\n"), 501),
      .closed(
        "chunked, then gzip", "9112 6.3", post("Transfer-Encoding: chunked, gzip", "0\r\n\r\n"), 400
      ),
      .closed(
        "chunked, then identity", "9112 6.3",
        post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"), 400),
      .closed(
        "chunked twice in a list", "9112 6.1",
        post("Transfer-Encoding: chunked, chunked", "0\r\n\r\n"), 400),
      .closed(
        "chunked in two fields", "9112 6.1",
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400),
      .closed(
        "chunked and an unknown coding in two fields", "9112 6.3",
        post("Transfer-Encoding: chunked\r\nTransfer-encoding: cow", "0\r\n\r\n"), 400),
      .closed(
        "an unknown coding and chunked in two fields", "9112 6.1",
        post("Transfer-Encoding: cow\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 501),
      .closed("an empty field", "9112 6.1", post("Transfer-Encoding:", "hello"), 400),
      .closed("only commas", "9112 6.1", post("Transfer-Encoding: ,,", "hello"), 400),
      .closed(
        "a letter more in front", "9112 6.1", post("Transfer-Encoding: xchunked", "0\r\n\r\n"), 501),
      .closed(
        "a letter more behind", "9112 6.1", post("Transfer-Encoding: chunkedx", "0\r\n\r\n"), 501),
      .closed("a parameter", "9112 7", post("Transfer-Encoding: chunked;q=1", "0\r\n\r\n"), 501),
      .closed("in quotes", "9112 6.1", post("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"), 501),
      .closed("in apostrophes", "9112 6.1", post("Transfer-Encoding: 'chunked'", "0\r\n\r\n"), 501),
      .closed("two words", "9112 6.1", post("Transfer-Encoding: chunked cow", "0\r\n\r\n"), 501),
      .closed(
        "a k that is the Kelvin sign", "9110 5.6.2",
        post("Transfer-Encoding: chun\u{e2}\u{84}\u{aa}ed", "0\r\n\r\n"), 501),
      .closed(
        "an accent on the comma", "9110 5.6.1.2",
        post("Transfer-Encoding: chunked,\u{cc}\u{81}", "0\r\n\r\n"), 400),
      .closed(
        "a vertical tab before it", "9110 5.5",
        post("Transfer-Encoding: \u{b}chunked", "0\r\n\r\n"), 400),
      .closed("NUL before it", "9110 5.5", post("Transfer-Encoding: \0chunked", "0\r\n\r\n"), 400),
      .closed(
        "a no-break space before it", "9110 5.6.3",
        post("Transfer-Encoding: \u{a0}chunked", "0\r\n\r\n"), 501),
      .closed(
        "a blank before its colon", "9112 5.1", post("Transfer-Encoding : chunked", "0\r\n\r\n"),
        400),
      .closed(
        "a tab before its colon", "9112 5.1", post("Transfer-Encoding\t: chunked", "0\r\n\r\n"), 400
      ),
      .closed(
        "a line feed before its colon", "9112 5.1",
        post("Transfer-Encoding\n: chunked", "0\r\n\r\n"), 400),
      .closed(
        "a blank before its name", "9112 5.2",
        post("X: a\r\n Transfer-Encoding: chunked", "0\r\n\r\n"), 400),
      .closed(
        "behind a line feed in a value", "9112 2.2",
        post("X: a\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400),
      .closed(
        "behind a carriage return in a value", "9112 2.2",
        post("X: a\rTransfer-Encoding: chunked", "0\r\n\r\n"), 400),
      .closed("folded", "9112 5.2", post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"), 400),
      .closed(
        "a name that only looks like it", "9112 6.3",
        post("Transfer_Encoding: chunked", "0\r\n\r\n"), 200, 400),
      .open("a TE that offers is no framing", "9110 10.1.4", get("TE: trailers, chunked"), 200),
    ])
}
