import Jobs
import ServeSettings
import Testing

@testable import byteedit

@Suite struct `The operators' commands` {
  @Test(arguments: [("90s", 90), ("30m", 1800), ("12h", 43_200), ("7d", 604_800), ("0s", 0)])
  func `read a span of time`(_ text: String, _ seconds: Int) {
    #expect(SpanArgument(argument: text)?.duration == .seconds(seconds))
  }

  @Test(arguments: ["", "s", "7", "-1d", "1w", "1.5h", "99999999999d"])
  func `refuse what is none`(_ text: String) {
    #expect(SpanArgument(argument: text) == nil)
  }

  @Test func `find host, port and path in a URL`() {
    let plain = HealthProbe.Target("http://127.0.0.1:8080/readyz")
    #expect(plain?.host == "127.0.0.1" && plain?.port == 8080 && plain?.path == "/readyz")
    let six = HealthProbe.Target("http://[::1]:81/a?b=c")
    #expect(six?.host == "::1" && six?.port == 81 && six?.path == "/a?b=c")
    #expect(HealthProbe.Target("http://host")?.path == "/")
    let secure = HealthProbe.Target("https://host/livez")
    #expect(secure?.isSecure == true && secure?.port == 443 && plain?.isSecure == false)
    for text in ["", "https://", "host:80", "http://", "http://h:99999/", "ftp://h/"] {
      #expect(HealthProbe.Target(text) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ([:], "http://127.0.0.1:8080/readyz"), (["BYTEEDIT_PORT": "9"], "http://127.0.0.1:9/readyz"),
    (["BYTEEDIT_PORT": "9", "BYTEEDIT_TLS_CERTIFICATE": "x"], "https://127.0.0.1:9/readyz"),
    (
      ["BYTEEDIT_MANAGEMENT_PORT": "7", "BYTEEDIT_TLS_CERTIFICATE": "x"],
      "http://127.0.0.1:7/readyz"
    ),
  ])
  func `ask the service on this machine by its own settings`(
    _ environment: [String: String], _ url: String
  ) throws {
    let settings = try ServeConfiguration.resolve(
      options: [:], environment: environment, file: [:])
    #expect(HealthCommand.ownURL(settings) == url)
  }

  @Test func `purge nothing that has not ended`() {
    #expect(throws: (any Error).self) {
      try JobsPurgeCommand.parse(["--older-than", "1d", "--state", "running"])
    }
    #expect(throws: Never.self) {
      try JobsPurgeCommand.parse(["--older-than", "1d", "--state", "failed"])
    }
  }
}
