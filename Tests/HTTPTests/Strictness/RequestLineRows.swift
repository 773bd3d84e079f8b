extension RawTable {
  /// METHOD, target and version, one space between them.
  static let requestLine = RawTable(
    name: "request line",
    rows: [
      .open("the plainest request", "9112 3", request("GET / HTTP/1.1", "Host: a"), 200),
      .open("a later minor version", "9110 2.5", request("GET / HTTP/1.7", "Host: a"), 200),
      .closed("HTTP/1.0", "9112 9.3", "GET / HTTP/1.0\r\n\r\n", 200),
      .closed("HTTP/2.0 in plain text", "9110 15.6.6", request("GET / HTTP/2.0", "Host: a"), 505),
      .closed("the preface of HTTP/2", "9110 15.6.6", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
      .closed("HTTP/0.9 with a version", "9110 15.6.6", request("GET / HTTP/0.9", "Host: a"), 505),
      .closed("HTTP/0.9 without", "9112 3", "GET /\r\n\r\n", 400),
      .closed("HTTP/9.9", "9110 15.6.6", request("GET / HTTP/9.9", "Host: a"), 505),
      .closed("a minor of two digits", "9112 2.3", request("GET / HTTP/1.10", "Host: a"), 400),
      .closed("a major of two digits", "9112 2.3", request("GET / HTTP/11.1", "Host: a"), 400),
      .closed("no minor", "9112 2.3", request("GET / HTTP/1", "Host: a"), 400),
      .closed("no digits", "9112 2.3", request("GET / HTTP/x.y", "Host: a"), 400),
      .closed("a comma in the version", "9112 2.3", request("GET / HTTP/1,1", "Host: a"), 400),
      .closed("the version in lower case", "9112 2.3", request("GET / http/1.1", "Host: a"), 400),
      .closed("another protocol", "9112 2.3", request("GET / SIP/2.00", "Host: a"), 400),
      .closed("a blank in the version", "9112 3", request("GET / HTTP /1.1", "Host: a"), 400),
      .closed("a blank at the end", "9112 3", request("GET / HTTP/1.1 ", "Host: a"), 400),
      .closed("a tab at the end", "9112 3", request("GET / HTTP/1.1\t", "Host: a"), 400),
      .closed("more words at the end", "9112 3", request("GET / HTTP/1.1 x", "Host: a"), 400),
      .closed("two blanks after the method", "9112 3", request("GET  / HTTP/1.1", "Host: a"), 400),
      .closed(
        "two blanks before the version", "9112 3", request("GET /  HTTP/1.1", "Host: a"), 400),
      .closed("a tab after the method", "9112 3", request("GET\t/ HTTP/1.1", "Host: a"), 400),
      .closed("a tab before the version", "9112 3", request("GET /\tHTTP/1.1", "Host: a"), 400),
      .closed("a vertical tab", "9112 3", request("GET\u{b}/ HTTP/1.1", "Host: a"), 400),
      .closed("a blank in front", "9112 3", request(" GET / HTTP/1.1", "Host: a"), 400),
      .closed("a tab in front", "9112 3", request("\tGET / HTTP/1.1", "Host: a"), 400),
      .closed("no method", "9112 3", request(" / HTTP/1.1", "Host: a"), 400),
      .closed("no target", "9112 3", request("GET HTTP/1.1", "Host: a"), 400),
      .closed("an empty target", "9112 3", request("GET  HTTP/1.1", "Host: a"), 400),
      .closed("one word", "9112 3", "nonsense\r\n\r\n", 400),
      .closed("a line feed alone ends it", "9112 2.2", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
      .closed("line feeds alone everywhere", "9112 2.2", "GET / HTTP/1.1\nHost: a\n\n", 400),
      .closed(
        "a carriage return alone ends it", "9112 2.2", "GET / HTTP/1.1\rHost: a\r\n\r\n", 400),
      .closed("two carriage returns", "9112 2.2", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400),
      .open(
        "an empty line in front", "9112 2.2", "\r\n" + request("GET / HTTP/1.1", "Host: a"), 200),
      .closed("many empty lines in front", "9112 2.2", "\r\n\r\n\r\n\r\n", 400),
      .closed("an empty line of a line feed", "9112 2.2", "\n" + get("A: b"), 400),
      .closed("NUL in the method", "9110 9.1", request("G\0T / HTTP/1.1", "Host: a"), 400),
      .closed("NUL after the version", "9112 3", request("GET / HTTP/1.1\0", "Host: a"), 400),
      .closed("the client hello of TLS", "9112 3", "\u{16}\u{3}\u{1}\0\u{5}hello\r\n\r\n", 400),
      .closed("an answer instead of a request", "9112 3", "HTTP/1.1 200 OK\r\n\r\n", 400),
      .closed(
        "a byte order mark", "9112 2.2",
        "\u{ef}\u{bb}\u{bf}" + request("GET / HTTP/1.1", "Host: a"), 400),
      .closed(
        "a proxy's own preface", "9112 3",
        "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + request("GET / HTTP/1.1", "Host: a"), 400),
      .closed("the end before the line's", "9112 8", "GET / HT", finishes: true),
      .closed(
        "the end before the head's", "9112 8", "GET / HTTP/1.1\r\nHost: a\r\n", finishes: true),
      .closed("the end before anything", "9112 8", "\r\n", finishes: true),
    ])

  /// The four forms of a target.
  static let targets = RawTable(
    name: "targets",
    rows: [
      .open("a query", "9112 3.2.1", request("GET /?a=b&c=%20d HTTP/1.1", "Host: a"), 200),
      .open("an empty query", "9112 3.2.1", request("GET /? HTTP/1.1", "Host: a"), 200),
      .open(
        "a question mark in the query", "3986 3.4", request("GET /??/? HTTP/1.1", "Host: a"), 200),
      .open(
        "an encoded byte", "3986 2.1", request("GET /a%20b HTTP/1.1", "Host: a"), 200,
        content: "decoded"),
      .closed(
        "an encoded slash is no slash", "3986 2.2", request("GET %2F HTTP/1.1", "Host: a"), 400),
      .open("an unknown path", "9110 15.5.5", request("GET /no HTTP/1.1", "Host: a"), 404),
      .open(
        "two slashes are another path", "9112 3.2.1", request("GET //probe HTTP/1.1", "Host: a"),
        404),
      .open(
        "dots are not resolved", "3986 6.2.2.3", request("GET /x/../probe HTTP/1.1", "Host: a"), 404
      ),
      .open("paths keep their case", "9110 4.2.3", request("GET /PROBE HTTP/1.1", "Host: a"), 404),
      .open(
        "encoded bytes that are no UTF-8", "9110 15.5.1", request("GET /%ff HTTP/1.1", "Host: a"),
        400),
      .open("an encoded NUL", "9110 15.5.1", request("GET /a%00b HTTP/1.1", "Host: a"), 400),
      .open(
        "absolute form", "9112 3.2.2", request("GET http://a/probe HTTP/1.1", "Host: a"), 200,
        content: "probe"),
      .open(
        "absolute form wins over Host", "9112 3.2.2",
        request("GET http://b:81/probe HTTP/1.1", "Host: a"), 200),
      .open(
        "absolute form of https", "9112 3.2.2", request("GET https://a/probe HTTP/1.1", "Host: a"),
        200),
      .open(
        "a scheme in capitals", "3986 3.1", request("GET HTTP://a/probe HTTP/1.1", "Host: a"), 200),
      .open(
        "absolute form without a path", "9110 4.2.3", request("GET http://a HTTP/1.1", "Host: a"),
        200),
      .open(
        "absolute form, only a query", "9110 4.2.3", request("GET http://a?b HTTP/1.1", "Host: a"),
        200),
      .open(
        "absolute form of an IPv6 host", "3986 3.2.2",
        request("GET http://[::1]:80/ HTTP/1.1", "Host: a"), 200),
      .open(
        "absolute form with an empty port", "3986 3.2.3",
        request("GET http://a:/ HTTP/1.1", "Host: a"), 200),
      .closed("absolute form without Host", "9112 3.2", "GET http://a/ HTTP/1.1\r\n\r\n", 400),
      .closed(
        "absolute form of another scheme", "9112 3.2.2",
        request("GET ftp://a/ HTTP/1.1", "Host: a"), 400),
      .closed(
        "absolute form without a host", "9110 4.2.1", request("GET http:///x HTTP/1.1", "Host: a"),
        400),
      .closed(
        "absolute form, only a port", "9110 4.2.1", request("GET http://:80/ HTTP/1.1", "Host: a"),
        400),
      .closed(
        "user information", "9110 4.2.4", request("GET http://u:p@a/ HTTP/1.1", "Host: a"), 400),
      .closed(
        "a port of letters", "3986 3.2.3", request("GET http://a:b/ HTTP/1.1", "Host: a"), 400),
      .closed(
        "one slash after the scheme", "9112 3.2.2", request("GET http:/a HTTP/1.1", "Host: a"), 400),
      .closed(
        "an open bracket", "3986 3.2.2", request("GET http://[::1/ HTTP/1.1", "Host: a"), 400),
      .closed(
        "a backslash after the scheme", "3986 2", request("GET http:\\\\a/ HTTP/1.1", "Host: a"),
        400),
      .closed(
        "a path without its slash", "9112 3.2.1", request("GET probe HTTP/1.1", "Host: a"), 400),
      .closed("only a query", "9112 3.2.1", request("GET ?a HTTP/1.1", "Host: a"), 400),
      .closed("a fragment", "9112 3.2.1", request("GET /#a HTTP/1.1", "Host: a"), 400),
      .closed(
        "a fragment in the query", "9112 3.2.1", request("GET /?a#b HTTP/1.1", "Host: a"), 400),
      .closed(
        "a fragment behind the host", "9112 3.2.2", request("GET http://a#b HTTP/1.1", "Host: a"),
        400),
      .closed("a blank in the path", "9112 3.2", request("GET /a b HTTP/1.1", "Host: a"), 400),
      .closed("a percent sign alone", "3986 2.1", request("GET /% HTTP/1.1", "Host: a"), 400),
      .closed("one hexadecimal digit", "3986 2.1", request("GET /%2 HTTP/1.1", "Host: a"), 400),
      .closed("no hexadecimal digits", "3986 2.1", request("GET /%zz HTTP/1.1", "Host: a"), 400),
      .closed("bytes above 127", "3986 2", request("GET /\u{c3}\u{a4} HTTP/1.1", "Host: a"), 400),
      .closed("DEL in the path", "3986 2", request("GET /\u{7f} HTTP/1.1", "Host: a"), 400),
      .closed("NUL in the path", "3986 2", request("GET /\0 HTTP/1.1", "Host: a"), 400),
      .closed("a quote in the path", "3986 2", request("GET /\"a HTTP/1.1", "Host: a"), 400),
      .closed(
        "an angle bracket in the query", "3986 2", request("GET /?<a> HTTP/1.1", "Host: a"), 400),
      .closed("a bracket in the path", "3986 3.3", request("GET /[a] HTTP/1.1", "Host: a"), 400),
      .closed("a caret in the path", "3986 2", request("GET /^ HTTP/1.1", "Host: a"), 400),
      .open("asterisk form", "9112 3.2.4", request("OPTIONS * HTTP/1.1", "Host: a"), 204),
      .closed("asterisk form of GET", "9112 3.2.4", request("GET * HTTP/1.1", "Host: a"), 400),
      .closed(
        "more than an asterisk", "9112 3.2.4", request("OPTIONS *a HTTP/1.1", "Host: a"), 400),
      .closed("authority form of GET", "9112 3.2.3", request("GET a:80 HTTP/1.1", "Host: a"), 400),
    ])
}
