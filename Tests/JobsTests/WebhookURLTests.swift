import Jobs
import Testing

@Suite struct `A webhook's URL` {
  @Test(arguments: [
    ("https://example.org", "example.org", 443, "/", "example.org"),
    ("HTTPS://Example.ORG/Hook?a=B", "example.org", 443, "/Hook?a=B", "example.org"),
    ("https://example.org:8443/x", "example.org", 8443, "/x", "example.org:8443"),
    ("https://example.org:443/x", "example.org", 443, "/x", "example.org"),
    ("http://example.org?x", "example.org", 80, "/?x", "example.org"),
    ("http://example.org:443/", "example.org", 443, "/", "example.org:443"),
    ("https://192.0.2.1/", "192.0.2.1", 443, "/", "192.0.2.1"),
    ("https://[2001:DB8::1]:9000/p", "2001:db8::1", 9000, "/p", "[2001:db8::1]:9000"),
    ("https://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1", 443, "/", "[::ffff:10.0.0.1]"),
    (
      "https://xn--bcher-kva.example/a%20b;c=1", "xn--bcher-kva.example", 443, "/a%20b;c=1",
      "xn--bcher-kva.example"
    ),
    ("https://1.2.3.4.example/", "1.2.3.4.example", 443, "/", "1.2.3.4.example"),
    ("https://localhost/", "localhost", 443, "/", "localhost"),
    ("https://a-b.example/?q=http://x/y?z", "a-b.example", 443, "/?q=http://x/y?z", "a-b.example"),
  ])
  func `is read into its parts`(
    _ text: String, _ host: String, _ port: UInt16, _ target: String, _ authority: String
  ) throws {
    let url = try WebhookURL(text)
    #expect(url.host == host && url.port == port && url.target == target)
    #expect(url.authority == authority && url.text == text)
  }

  @Test(arguments: [
    "", "example.org", "//example.org/", "ftp://example.org/", "https:/example.org",
    "https:example.org", "javascript:alert(1)", "file:///etc/passwd", "gopher://example.org/",
    "https://", "https:///path", "https://?x", "https://:443/",
    "https://user@example.org/", "https://user:pass@example.org/", "https://@example.org/",
    "https://example.org@127.0.0.1/", "https://example.org#@127.0.0.1/",
    "https://example.org/#fragment", "https://exa mple.org/", "https://example.org/a b",
    "https://example.org/\r\nHost: evil", "https://example.org/\u{0}", "https://exämple.org/",
    "https://example.org\\@127.0.0.1/", "https://example.org/\\..", "https://example.org/<x>",
    "https://example.org/%zz", "https://example.org/%2", "https://example.org/a|b",
    "https://example.org:0/", "https://example.org:65536/", "https://example.org:/",
    "https://example.org:+80/", "https://example.org:0443/", "https://example.org:80:80/",
    "https://example..org/", "https://.example.org/", "https://example.org./",
    "https://-example.org/", "https://example-.org/", "https://exa_mple.org/",
    "https://example%2eorg/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://127.0.0.01/", "https://256.0.0.1/",
    "https://1.2.3/", "https://1.2.3.4.5/", "https://example.0x1/", "https://[::1/",
    "https://[::1]x/", "https://[fe80::1%25eth0]/", "https://[v1.x]/", "https://[127.0.0.1]/",
    "https://[]/", "https://[::1]:/", "https://127.0.0.1:/", "https://①②⑦.0.0.1/",
  ])
  func `is refused where anybody could read it otherwise`(_ text: String) {
    let fault = #expect(throws: WebhookURL.Fault.self) { try WebhookURL(text) }
    #expect(fault?.description.isEmpty == false)
  }

  @Test func `may be long, and no longer`() throws {
    let start = "https://example.org/"
    let longest = start + String(repeating: "a", count: WebhookURL.longest - start.utf8.count)
    #expect(try WebhookURL(longest).text == longest)
    #expect(throws: WebhookURL.Fault.self) { try WebhookURL(longest + "a") }
    let label = String(repeating: "a", count: 63)
    #expect(try WebhookURL("https://\(label).example/").host.hasPrefix(label))
    #expect(throws: WebhookURL.Fault.self) { try WebhookURL("https://\(label)a.example/") }
  }

  @Test func `of random bytes is read again as what it says, or refused`() {
    var generator = SystemRandomNumberGenerator()
    let pieces = [
      "https", "://", "http", "/", "?", "#", "@", ":", "[", "]", "127.0.0.1", "example.org", "::1",
      "%", "2f", "\\", ".", "0x", "8", " ", "\u{0}", "é", "-",
    ]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 1...7, using: &generator))
        .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      guard let url = try? WebhookURL(text) else { continue }
      let bare = "\(url.scheme.rawValue)://\(url.authority)\(url.target)"
      let again = try? WebhookURL(bare)
      #expect(again?.host == url.host && again?.port == url.port && again?.target == url.target)
    }
  }
}

@Suite struct `A webhook's subscription` {
  @Test func `hears of every end where nothing else is asked for`() throws {
    let webhook = try WebhookSubscription(fields: ["webhook": "https://example.org/hook"])
    #expect(webhook?.events == WebhookEvent.ends && webhook?.format == "edit")
    #expect(try WebhookSubscription(fields: [:]) == nil)
    #expect(try WebhookSubscription(fields: ["webhook": .null]) == nil)
  }

  @Test(arguments: [
    JSONValue.array(["edit.running", "edit.failed"]), "edit.running,edit.failed",
    "edit.running, edit.failed", "[\"edit.failed\",\"edit.running\"]",
  ])
  func `takes events as a list, as JSON text and with commas between`(_ events: JSONValue) throws {
    let webhook = try WebhookSubscription(
      fields: ["webhook": "https://example.org", "webhook_events": events])
    #expect(webhook?.events == [.running, .failed])
    let text = try JSONText.encode(try #require(webhook))
    #expect(try JSONText.decode(WebhookSubscription.self, from: text) == webhook)
    #expect(text.contains("[\"edit.running\",\"edit.failed\"]"))
  }

  @Test(
    arguments: [
      (["webhook": 7], "/webhook"), (["webhook": "nowhere"], "/webhook"),
      (["webhook_events": "edit.failed"], "/webhook_events"),
      (["webhook": "https://example.org", "webhook_events": .array([])], "/webhook_events"),
      (["webhook": "https://example.org", "webhook_events": ""], "/webhook_events"),
      (["webhook": "https://example.org", "webhook_events": "["], "/webhook_events"),
      (
        [
          "webhook": "https://example.org",
          "webhook_events": .array(["edit.failed", "edit.begun"]),
        ],
        "/webhook_events/1"
      ),
      (["webhook": "https://example.org", "webhook_events": true], "/webhook_events"),
    ] as [([String: JSONValue], String)])
  func `is refused by the field that is wrong`(
    _ fields: [String: JSONValue], _ pointer: String
  ) {
    let error = #expect(throws: InvalidParameters.self) {
      try WebhookSubscription(fields: fields)
    }
    #expect(error?.violations.map(\.pointer) == [pointer])
  }
}
