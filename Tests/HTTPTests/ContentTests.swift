import HTTP
import HTTPTypes
import Testing

@Suite struct `Content helpers` {
  @Test(arguments: [
    (nil, ByteRange.whole), ("bytes=0-0", .part(0..<1)), ("bytes=2-", .part(2..<10)),
    ("bytes=-3", .part(7..<10)), ("bytes=-30", .part(0..<10)), ("bytes=5-99", .part(5..<10)),
    ("Bytes= 1-2 ", .part(1..<3)), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
    ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=3-2", .whole), ("bytes=a-", .whole),
    ("bytes=1-2,4-5", .whole), ("items=1-2", .whole), ("bytes=-", .whole), ("bytes=", .whole),
  ])
  func `a range is read`(field: String?, range: ByteRange) {
    #expect(ByteRange(field, size: 10) == range)
  }

  @Test func `no range of nothing can be satisfied`() {
    #expect(ByteRange("bytes=0-", size: 0) == .unsatisfiable)
    #expect(ByteRange("bytes=-1", size: 0) == .unsatisfiable)
  }

  @Test func `a representation heeds its conditions`() {
    let tag = EntityTag("v1")
    func answer(_ fields: HTTPFields) -> Response {
      Response.representation(Array("0123456789".utf8), contentType: "a/b", tag: tag, for: fields)
    }
    #expect(answer([:]).status == .ok)
    #expect(answer([.ifNoneMatch: "\"v0\", W/\"v1\""]).status == .notModified)
    #expect(answer([.ifNoneMatch: "*"]).status == .notModified)
    #expect(answer([.ifNoneMatch: "\"v2\""]).status == .ok)
    let part = answer([.range: "bytes=1-2", .ifRange: "\"v1\""])
    #expect(part.status == .partialContent && part.fields[.contentRange] == "bytes 1-2/10")
    #expect(part.body.count == 2)
    #expect(answer([.range: "bytes=1-2", .ifRange: "W/\"v1\""]).status == .ok)
    #expect(answer([.range: "bytes=1-2", .ifRange: "\"v2\""]).status == .ok)
    let beyond = answer([.range: "bytes=10-"])
    #expect(beyond.status == .rangeNotSatisfiable)
    #expect(beyond.fields[.contentRange] == "bytes */10")
  }

  @Test(
    arguments: [
      (["wait=10"], 10), (["respond-async, Wait = 7 ; x=y"], 7), (["wait=1", "wait=2"], 1),
      (["wait=\"5\""], 5), (["wait"], nil), (["wait=-1"], nil), (["wait=1.5"], nil), ([], nil),
      (["return=minimal"], nil), ([",,;=,"], nil),
    ] as [([String], Int?)])
  func `Prefer wait is read`(fields: [String], seconds: Int?) {
    #expect(Preferences(fields).wait == seconds)
  }

  @Test(
    arguments: [
      ("a%20b", "a b"), ("%C3%A4", "\u{e4}"), ("%", nil), ("%4", nil), ("%zz", nil), ("%00", nil),
      ("%ff", nil), ("a+b", "a+b"),
    ] as [(String, String?)])
  func `percent-decoding is strict`(text: String, decoded: String?) {
    #expect(PercentCoding.decode(text) == decoded)
  }

  @Test func `a query is split and decoded`() throws {
    let items = try QueryItems("a=b+c&d=%26&e&a=2")
    #expect(items["a"] == "b c" && items["d"] == "&" && items["e"]?.isEmpty == true)
    #expect(items["x"] == nil && items.items.count == 4)
    #expect(throws: HTTPError.self) { _ = try QueryItems("a=%f") }
  }

  @Test func `media types are read with their parameters`() {
    let type = MediaType("Multipart/Form-Data ; charset=x; BOUNDARY=\"a;\\\"b\"")
    #expect(type?.essence == "multipart/form-data")
    #expect(type?.parameters["boundary"] == "a;\"b")
    for bad in ["", "text", "text/", "/x", "a/b/c", "a/b; c", "a/b; c=\"d", "a b/c"] {
      #expect(MediaType(bad) == nil, "\(bad)")
    }
  }

  @Test func `the most specific accepted range decides`() {
    let accepted = AcceptedTypes("text/*;q=0.5, image/png, */*;q=0.1, image/jpeg;q=0")
    #expect(accepted.quality(of: "image/png") == 1)
    #expect(accepted.quality(of: "image/jpeg") == 0)
    #expect(accepted.quality(of: "text/html") == 0.5)
    #expect(accepted.quality(of: "a/b") == 0.1)
    #expect(AcceptedTypes(nil).quality(of: "a/b") == 1)
  }

  @Test(arguments: [
    (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
    (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
  ])
  func `dates are written as the RFC wants`(seconds: Int, text: String) {
    #expect(HTTPDate.format(seconds) == text)
  }

  @Test func `percent-encoding comes back`() {
    let text = "a b/\u{e4}?\u{1F408}~-._"
    #expect(PercentCoding.encode("a b") == "a%20b")
    #expect(PercentCoding.decode(PercentCoding.encode(text)) == text)
  }
}
