extension RawTable {
  private static let expectsFive = request(
    "POST / HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 5")

  static let expectations = RawTable(
    name: "Expect",
    rows: [
      .open("the body after 100", "9110 10.1.1", expectsFive, 200, content: "hello").afterContinue(
        "hello"),
      .open("the body before 100", "9110 10.1.1", expectsFive + "hello", 200, content: "hello")
        .interim(0...1),
      .open(
        "chunks after 100", "9110 10.1.1",
        request("POST / HTTP/1.1", "Host: a", "Expect: 100-continue", "Transfer-Encoding: chunked"),
        200, content: "ab"
      ).afterContinue("2\r\nab\r\n0\r\n\r\n"),
      .open(
        "in any case", "9110 10.1.1",
        request("POST / HTTP/1.1", "Host: a", "Expect: 100-Continue", "Content-Length: 1"), 200,
        content: "x"
      ).afterContinue("x"),
      .open("no body to wait for", "9110 10.1.1", get("Expect: 100-continue"), 200),
      .open(
        "a length of zero, no body to wait for", "9110 10.1.1",
        post("Expect: 100-continue\r\nContent-Length: 0", ""), 200),
      .closed(
        "an answer without 100", "9110 10.1.1",
        request("POST /unread HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 5"),
        200),
      .closed(
        "a refusal without 100", "9110 10.1.1",
        request("POST /no HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 5"), 404),
      .closed(
        "a body too large for 100", "9110 10.1.1",
        request("POST / HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 67108865"),
        413),
      .closed(
        "no 100 to HTTP/1.0", "9110 10.1.1",
        request("POST / HTTP/1.0", "Expect: 100-continue", "Content-Length: 5", body: "hello"), 200,
        content: "hello"),
      .closed("another expectation", "9110 10.1.1", get("Expect: tea"), 417),
      .closed(
        "another expectation beside it", "9110 10.1.1", get("Expect: 100-continue, tea"), 417),
      .closed(
        "an expectation with a parameter", "9110 10.1.1", get("Expect: 100-continue;q=1"), 417),
      .closed(
        "another expectation in HTTP/1.0", "9110 10.1.1", request("GET / HTTP/1.0", "Expect: tea"),
        200),
      .closed(
        "a malformed chunk after 100", "9112 7.1",
        request("POST / HTTP/1.1", "Host: a", "Expect: 100-continue", "Transfer-Encoding: chunked"),
        400
      ).afterContinue("x\r\n"),
    ])

  static let persistence = RawTable(
    name: "persistence",
    rows: [
      .closed("close", "9112 9.6", get("Connection: close"), 200),
      .closed("close in any case", "9110 7.6.1", get("Connection: CLOSE"), 200),
      .closed("close in a list", "9110 7.6.1", get("Connection: x, close"), 200),
      .closed("close behind empty elements", "9110 5.6.1.2", get("Connection: ,, close ,"), 200),
      .closed(
        "close in a second field", "9110 5.3", get("Connection: x\r\nConnection: close"), 200),
      .closed("close and keep-alive", "9112 9.3", get("Connection: keep-alive, close"), 200),
      .closed("keep-alive and close", "9112 9.3", get("Connection: close, keep-alive"), 200),
      .closed(
        "close behind an accented comma", "9110 5.6.1.2", get("Connection: x,\u{cc}\u{81}, close"),
        200),
      .open("keep-alive", "9112 9.3", get("Connection: keep-alive"), 200),
      .open("an empty Connection", "9110 7.6.1", get("Connection:"), 200),
      .open("close as a part of a word", "9110 7.6.1", get("Connection: closed"), 200),
      .open("close in quotes", "9110 7.6.1", get("Connection: \"close\""), 200),
      .open("close in another field", "9110 7.6.1", get("Proxy-Connection: close"), 200),
      .open(
        "a hop's own framing field", "9110 7.6.1",
        post("Connection: content-length\r\nContent-Length: 5", "hello"), 200, content: "hello"),
      .open("a hop's own Host", "9110 7.6.1", get("Connection: host"), 200),
      .closed("HTTP/1.0 by itself", "9112 9.3", request("GET / HTTP/1.0", "Host: a"), 200),
      .open(
        "HTTP/1.0 with keep-alive", "9112 9.3", request("GET / HTTP/1.0", "Connection: keep-alive"),
        200),
      .open(
        "HTTP/1.0 with Keep-Alive", "9112 9.3",
        request("GET / HTTP/1.0", "Connection: Keep-Alive", "Content-Length: 1", body: "x"), 200,
        content: "x"),
      .closed(
        "a k of Kelvin in keep-alive", "9110 5.6.2",
        request("GET / HTTP/1.0", "Connection: \u{e2}\u{84}\u{aa}eep-alive"), 200),
      .closed(
        "HTTP/1.0 with close", "9112 9.3",
        request("GET / HTTP/1.0", "Connection: keep-alive, close"), 200),
      .closed(
        "a stream to HTTP/1.0", "9112 6.3",
        request("GET /stream HTTP/1.0", "Connection: keep-alive"), 200, content: "abc"),
      .open(
        "a stream to HTTP/1.1", "9112 7.1", request("GET /stream HTTP/1.1", "Host: a"), 200,
        content: "abc"),
      .closed(
        "a stream and close", "9112 9.6",
        request("GET /stream HTTP/1.1", "Host: a", "Connection: close"), 200, content: "abc"),
      .closed(
        "close with HEAD", "9112 9.6", request("HEAD / HTTP/1.1", "Host: a", "Connection: close"),
        200, isHead: true),
      .closed(
        "close with an error", "9112 9.6",
        request("GET /no HTTP/1.1", "Host: a", "Connection: close"), 404),
      .open(
        "an upgrade that is not taken", "9110 7.8",
        get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: "), 200),
      .open(
        "an upgrade to WebSocket", "9110 7.8",
        get("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"), 200),
      .open(
        "an error keeps the connection", "9112 9.3", request("GET /no HTTP/1.1", "Host: a"), 404),
      .closed(
        "the client shuts its side", "9112 9.6", request("GET / HTTP/1.1", "Host: a"), 200,
        finishes: true),
    ])

  private static let plain = request("GET / HTTP/1.1", "Host: a")
  private static let probe = request("GET /probe HTTP/1.1", "Host: a")

  static let pipelining = RawTable(
    name: "pipelining",
    rows: [
      .open("three requests", "9112 9.3.2", plain + plain + probe, 200, 200, 200, content: "probe"),
      .open(
        "different answers in order", "9112 9.3.2",
        request("GET /no HTTP/1.1", "Host: a") + plain + request("OPTIONS / HTTP/1.1", "Host: a"),
        404, 200, 204),
      .open(
        "bodies between requests", "9112 9.3.2",
        post("Content-Length: 2", "ab") + chunked("1\r\nc\r\n0\r\n\r\n") + probe, 200, 200, 200,
        content: "probe"),
      .open(
        "a body that nobody reads, and more", "9112 9.3",
        request("POST /unread HTTP/1.1", "Host: a", "Content-Length: 5", body: "hello") + probe,
        200, 200, content: "probe"),
      .open(
        "an empty line between requests", "9112 2.2", plain + "\r\n" + probe, 200, 200,
        content: "probe"),
      .open(
        "an empty line behind a body", "9112 2.2", post("Content-Length: 2", "ab") + "\r\n" + probe,
        200, 200, content: "probe"),
      .closed(
        "a malformed request behind a good one", "9112 9.3.2", plain + "nonsense\r\n\r\n" + probe,
        200, 400),
      .closed("nothing behind an error", "9112 9.3.2", "nonsense\r\n\r\n" + probe, 400),
      .closed("nothing behind close", "9112 9.6", get("Connection: close") + smuggled, 200),
      .closed("nothing behind HTTP/1.0", "9112 9.6", "GET / HTTP/1.0\r\n\r\n" + smuggled, 200),
      .closed(
        "nothing behind a refused length", "9112 6.3", post("Content-Length: x", smuggled), 400),
      .closed(
        "nothing behind a body too large", "9110 15.5.14",
        post("Content-Length: 99999999999", smuggled), 413),
      .closed(
        "nothing behind a broken chunk", "9112 7.1", chunked("1\r\nab\r\n0\r\n\r\n" + smuggled), 400
      ),
      .closed(
        "nothing behind an unknown version", "9110 15.6.6", "GET / HTTP/3.0\r\n\r\n" + smuggled, 505
      ),
      .closed(
        "nothing behind an unknown expectation", "9110 10.1.1", get("Expect: x") + smuggled, 417),
      .closed(
        "nothing behind an unknown coding", "9112 6.1", post("Transfer-Encoding: x", smuggled), 501),
      .closed(
        "both framings and a hidden request", "9112 11.2",
        post("Content-Length: 4\r\nTransfer-Encoding: chunked", "1\r\nZ\r\nQ\r\n" + smuggled), 400),
      .closed(
        "two lengths and a hidden request", "9112 11.2",
        post("Content-Length: 0\r\nContent-Length: \(smuggled.utf8.count)", smuggled), 400),
      .open(
        "a length hides nothing", "9112 11.2",
        post("Content-Length: \(smuggled.utf8.count)", smuggled) + probe, 200, 200, content: "probe"
      ),
      .open(
        "HTTP/1.0 kept alive", "9112 9.3",
        request("GET / HTTP/1.0", "Connection: keep-alive") + probe, 200, 200, content: "probe"),
      .closed(
        "all answers after the client's end", "9112 9.6", plain + plain + probe, 200, 200, 200,
        content: "probe", finishes: true),
      .closed("half a request behind the last", "9112 8", plain + "GET /pro", 200, finishes: true),
      .open(
        "absolute and origin form in turn", "9112 3.2.2",
        request("GET http://a/ HTTP/1.1", "Host: a") + probe, 200, 200, content: "probe"),
    ])
}
