extension RawTable {
  /// Field lines.
  static let fields = RawTable(
    name: "fields",
    rows: [
      .open("a field", "9112 5", get("X: b"), 200),
      .open("no blank behind the colon", "9112 5.1", get("X:b"), 200),
      .open("blanks and tabs around the value", "9112 5.1", get("X: \t b \t "), 200),
      .open("an empty value", "9110 5.5", get("X:"), 200),
      .open("only blanks", "9110 5.5", get("X:   "), 200),
      .open("a tab within the value", "9110 5.5", get("X: a\tb"), 200),
      .open("a colon in the value", "9110 5.5", get("X: a:b"), 200),
      .open("a name of signs", "9110 5.6.2", get("!#$%&'*+-.^_`|~9a: b"), 200),
      .open("bytes above 127 in a value", "9110 5.5", get("X: \u{e4}\u{ff}"), 200),
      .open(
        "a field over and over", "9110 5.3",
        request("GET / HTTP/1.1", "Host: a", "X: 1", "x: 2", "X: 1"), 200),
      .open(
        "names in any case", "9110 5.1",
        request("GET / HTTP/1.1", "hOST: a", "cOnTeNt-LeNgTh: 2", body: "ab"), 200, content: "ab"),
      .closed("a blank before the colon", "9112 5.1", get("X : b"), 400),
      .closed("a tab before the colon", "9112 5.1", get("X\t: b"), 400),
      .closed("a blank in the name", "9110 5.6.2", get("X y: b"), 400),
      .closed("no name", "9112 5", get(": b"), 400),
      .closed("no colon", "9112 5", get("X"), 400),
      .closed("a bracket in the name", "9110 5.6.2", get("X(y): b"), 400),
      .closed("a slash in the name", "9110 5.6.2", get("X/y: b"), 400),
      .closed("a quote in the name", "9110 5.6.2", get("\"X\": b"), 400),
      .closed("a byte above 127 in the name", "9110 5.6.2", get("\u{e4}: b"), 400),
      .closed("a control character in the name", "9110 5.6.2", get("X\u{1}: b"), 400),
      .closed("NUL in the name", "9110 5.6.2", get("X\0: b"), 400),
      .closed("NUL in a value", "9110 5.5", get("X: a\0b"), 400),
      .closed("a control character in a value", "9110 5.5", get("X: a\u{8}b"), 400),
      .closed("an escape in a value", "9110 5.5", get("X: \u{1b}[0m"), 400),
      .closed("DEL in a value", "9110 5.5", get("X: a\u{7f}"), 400),
      .closed("a carriage return in a value", "9112 2.2", get("X: a\rY: b"), 400),
      .closed("a carriage return at a value's end", "9112 2.2", get("X: a\r"), 400),
      .closed("a line feed alone ends a field", "9112 2.2", get("X: a\nY: b"), 400),
      .closed("a line feed in front of a field", "9112 2.2", get("\nX: a"), 400),
      .closed("a field folded by a blank", "9112 5.2", get("X: a\r\n b"), 400),
      .closed("a field folded by a tab", "9112 5.2", get("X: a\r\n\tb"), 400),
      .closed("a fold of nothing", "9112 5.2", get("X: a\r\n "), 400),
      .closed(
        "a blank before the first field", "9112 2.2", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
      .closed(
        "a tab before the first field", "9112 2.2", "GET / HTTP/1.1\r\n\tX: a\r\nHost: a\r\n\r\n",
        400),
      .closed(
        "a blank line before the first field", "9112 2.2", "GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n",
        400),
      .closed(
        "a line feed alone ends the head", "9112 2.2", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
      .closed(
        "a carriage return before the head's end", "9112 2.2",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n", 400),
      .closed(
        "a second request line among the fields", "9112 5", get("GET /smuggled HTTP/1.1"), 400),
      .closed("a pseudo field of HTTP/2", "9110 5.6.2", get(":path: /smuggled"), 400),
    ])

  /// Host, once and legal.
  static let host = RawTable(
    name: "Host",
    rows: [
      .open(
        "a name and a port", "9110 7.2", request("GET / HTTP/1.1", "Host: example.org:8080"), 200),
      .open("an empty port", "3986 3.2.3", request("GET / HTTP/1.1", "Host: a:"), 200),
      .open("no authority", "9112 3.2", request("GET / HTTP/1.1", "Host:"), 200),
      .open("an IPv4 address", "3986 3.2.2", request("GET / HTTP/1.1", "Host: 127.0.0.1"), 200),
      .open("an IPv6 address", "3986 3.2.2", request("GET / HTTP/1.1", "Host: [2001:db8::1]"), 200),
      .open(
        "an IPv6 address and a port", "3986 3.2.2", request("GET / HTTP/1.1", "Host: [::1]:80"), 200
      ),
      .open(
        "an IPv6 address that ends as IPv4", "3986 3.2.2",
        request("GET / HTTP/1.1", "Host: [::ffff:1.2.3.4]"), 200),
      .open(
        "an encoded byte in a name", "3986 3.2.2", request("GET / HTTP/1.1", "Host: a%2Db"), 200),
      .open("a name with an underscore", "3986 3.2.2", request("GET / HTTP/1.1", "Host: a_b"), 200),
      .closed("no Host", "9112 3.2", "GET / HTTP/1.1\r\n\r\n", 400),
      .closed("no Host but other fields", "9112 3.2", "GET / HTTP/1.1\r\nX: a\r\n\r\n", 400),
      .closed("no Host to HEAD", "9110 9.3.2", "HEAD / HTTP/1.1\r\n\r\n", 400, isHead: true),
      .closed("HTTP/1.0 needs none", "9112 3.2", "GET / HTTP/1.0\r\nX: a\r\n\r\n", 200),
      .closed("two that differ", "9112 3.2", request("GET / HTTP/1.1", "Host: a", "Host: b"), 400),
      .closed(
        "two that are equal", "9112 3.2", request("GET / HTTP/1.1", "Host: a", "Host: a"), 400),
      .closed("two, one empty", "9112 3.2", request("GET / HTTP/1.1", "Host:", "Host: a"), 400),
      .closed("two in HTTP/1.0", "9112 3.2", request("GET / HTTP/1.0", "Host: a", "host: a"), 400),
      .closed("a blank in the host", "9112 3.2", request("GET / HTTP/1.1", "Host: a b"), 400),
      .closed("a list of hosts", "9112 3.2", request("GET / HTTP/1.1", "Host: a, b"), 400),
      .closed("user information in Host", "9112 3.2", request("GET / HTTP/1.1", "Host: u@a"), 400),
      .closed("a path in Host", "9112 3.2", request("GET / HTTP/1.1", "Host: a/b"), 400),
      .closed("a query in Host", "9112 3.2", request("GET / HTTP/1.1", "Host: a?b"), 400),
      .closed("a URL in Host", "9112 3.2", request("GET / HTTP/1.1", "Host: http://a"), 400),
      .closed(
        "a port that is no number", "3986 3.2.3", request("GET / HTTP/1.1", "Host: a:b"), 400),
      .closed("a port with a sign", "3986 3.2.3", request("GET / HTTP/1.1", "Host: a:-1"), 400),
      .closed("two ports", "3986 3.2.3", request("GET / HTTP/1.1", "Host: a:1:2"), 400),
      .closed("a port without a host", "9110 4.2.1", request("GET / HTTP/1.1", "Host: :80"), 400),
      .closed("IPv6 without brackets", "3986 3.2.2", request("GET / HTTP/1.1", "Host: ::1"), 400),
      .closed(
        "an open bracket in Host", "3986 3.2.2", request("GET / HTTP/1.1", "Host: [::1"), 400),
      .closed("a closing bracket alone", "3986 3.2.2", request("GET / HTTP/1.1", "Host: a]"), 400),
      .closed("empty brackets", "3986 3.2.2", request("GET / HTTP/1.1", "Host: []"), 400),
      .closed(
        "brackets without an address", "3986 3.2.2", request("GET / HTTP/1.1", "Host: [:]"), 400),
      .closed(
        "too many groups", "3986 3.2.2", request("GET / HTTP/1.1", "Host: [1:2:3:4:5:6:7:8:9]"), 400
      ),
      .closed(
        "text behind the bracket", "3986 3.2.2", request("GET / HTTP/1.1", "Host: [::1]a"), 400),
      .closed("a percent sign in a name", "3986 2.1", request("GET / HTTP/1.1", "Host: a%"), 400),
      .closed(
        "a wrong encoding in a name", "3986 2.1", request("GET / HTTP/1.1", "Host: a%zz"), 400),
      .closed(
        "bytes above 127 in a name", "3986 3.2.2", request("GET / HTTP/1.1", "Host: \u{e4}"), 400),
      .closed("a backslash in a name", "3986 3.2.2", request("GET / HTTP/1.1", "Host: a\\b"), 400),
    ])

  /// What the router knows and what it does not.
  static let methods = RawTable(
    name: "methods",
    rows: [
      .open(
        "PUT", "9110 9.3.4", request("PUT / HTTP/1.1", "Host: a", "Content-Length: 1", body: "x"),
        200, content: "x"),
      .open("HEAD", "9110 9.3.2", request("HEAD / HTTP/1.1", "Host: a"), 200, isHead: true),
      .open(
        "HEAD of a stream", "9110 9.3.2", request("HEAD /stream HTTP/1.1", "Host: a"), 200,
        isHead: true),
      .open(
        "HEAD of nothing", "9110 9.3.2", request("HEAD /no HTTP/1.1", "Host: a"), 404, isHead: true),
      .closed(
        "HEAD with a bad field", "9110 9.3.2", request("HEAD / HTTP/1.1", "Host: a", "X"), 400,
        isHead: true),
      .open("OPTIONS of a path", "9110 9.3.7", request("OPTIONS / HTTP/1.1", "Host: a"), 204),
      .open(
        "a method that is not allowed", "9110 15.5.6", request("DELETE / HTTP/1.1", "Host: a"), 405),
      .open("POST where GET is", "9110 15.5.6", request("POST /probe HTTP/1.1", "Host: a"), 405),
      .open("TRACE", "9110 9.3.8", request("TRACE / HTTP/1.1", "Host: a"), 405),
      .open("an unknown method", "9110 9.1", request("BREW / HTTP/1.1", "Host: a"), 501),
      .open(
        "an unknown method of an unknown path", "9110 9.1", request("BREW /no HTTP/1.1", "Host: a"),
        501),
      .open("methods keep their case", "9110 9.1", request("get / HTTP/1.1", "Host: a"), 501),
      .open(
        "a method of signs", "9110 5.6.2", request("!#$%&'*+-.^_`|~ / HTTP/1.1", "Host: a"), 501),
      .open(
        "a long method", "9112 3",
        request(String(repeating: "M", count: 1000) + " / HTTP/1.1", "Host: a"), 501),
      .closed(
        "a method that is no token", "9110 5.6.2", request("GE(T / HTTP/1.1", "Host: a"), 400),
      .closed("a method with a colon", "9110 5.6.2", request("GET: / HTTP/1.1", "Host: a"), 400),
      .closed("a method above 127", "9110 5.6.2", request("G\u{c9}T / HTTP/1.1", "Host: a"), 400),
      .open("CONNECT", "9110 9.3.6", request("CONNECT a:443 HTTP/1.1", "Host: a:443"), 501),
      .closed(
        "CONNECT without a port", "9110 9.3.6", request("CONNECT a HTTP/1.1", "Host: a"), 400),
      .closed(
        "CONNECT to an empty port", "9110 9.3.6", request("CONNECT a: HTTP/1.1", "Host: a"), 400),
      .closed(
        "CONNECT to an IPv6 host without a port", "9110 9.3.6",
        request("CONNECT [::1] HTTP/1.1", "Host: a"), 400),
      .closed(
        "CONNECT without a host", "9112 3.2.3", request("CONNECT :443 HTTP/1.1", "Host: a"), 400),
      .closed("CONNECT to a path", "9112 3.2.3", request("CONNECT / HTTP/1.1", "Host: a"), 400),
      .closed(
        "CONNECT to a URL", "9112 3.2.3", request("CONNECT http://a/ HTTP/1.1", "Host: a"), 400),
    ])
}
