import Foundation
import ServeSettings
import TestSupport
import Testing

@Suite struct ServeConfigurationTests {
  private func resolve(
    options: [String: String] = [:], environment: [String: String] = [:],
    file: [String: String] = [:]
  ) throws -> ServeConfiguration {
    try ServeConfiguration.resolve(options: options, environment: environment, file: file)
  }

  @Test func `options win over the environment, the environment over the file`() throws {
    let all = try resolve(
      options: ["port": "3"], environment: ["BYTEEDIT_PORT": "2", "BYTEEDIT_WORKERS": "2"],
      file: ["port": "1", "workers": "1", "threads": "1"])
    #expect(all.port == 3)
    #expect(all.workers == 2)
    #expect(all.threads == 1)
    #expect(all.host == ServeConfiguration().host)
  }

  @Test(arguments: ServeKey.all.map(\.name))
  func `every setting takes the value it shows`(_ name: String) throws {
    let key = try #require(ServeKey.all.first { $0.name == name })
    let shown = key.shown(ServeConfiguration())
    guard !shown.isEmpty else { return }
    #expect(try resolve(options: [name: shown]) == ServeConfiguration())
  }

  @Test(arguments: [
    ("port", "65536"), ("port", "eighty"), ("workers", "0"), ("log_level", "loud"),
    ("provenance", "perhaps"), ("lease_seconds", "-1"), ("weights", "fp8"), ("lora", ""),
    ("trusted_proxies", "10.0.0.1/8"), ("trusted_proxies", "proxy.example"),
    ("auth_failures_per_minute", "0"), ("merge_lora", "style="), ("lora", "a=b.safetensors,"),
    ("lora", "/"), ("lora", "/a=b.safetensors"), ("lora", " =a"), ("data_dir", ""), ("host", ""),
    ("store", "mysql://db/jobs"), ("webhook_allowed_networks", "home"),
    ("webhook_timeout_seconds", "0"), ("webhook_max_age_hours", "169"), ("management_port", "-1"),
  ])
  func `a value out of range is refused by the setting's name`(
    _ name: String, _ value: String
  ) throws {
    let error = #expect(throws: ServeConfigurationError.self) {
      try resolve(environment: ["BYTEEDIT_" + name.uppercased(): value])
    }
    #expect(error?.description.hasPrefix(name) == true)
  }

  @Test func `a store's password is never shown`() throws {
    let key = try #require(ServeKey.all.first { $0.name == "store" })
    for (url, shown) in [
      ("postgres://me:s3cret@db.example/jobs?sslmode=require", "postgres://db.example/jobs"),
      ("postgresql://me:s3c/re?t@db.example/jobs", "postgres://db.example/jobs"),
      ("postgres://db.example:6543/jobs", "postgres://db.example:6543/jobs"),
    ] {
      let settings = try resolve(environment: ["BYTEEDIT_STORE": url])
      #expect(settings.store == url && key.shown(settings) == shown)
    }
  }

  @Test func `a webhook's secret is never shown`() throws {
    let key = try #require(ServeKey.all.first { $0.name == "webhook_secret" })
    let settings = try resolve(environment: ["BYTEEDIT_WEBHOOK_SECRET": "whsec_c2VjcmV0"])
    #expect(settings.webhooks.secret == "whsec_c2VjcmV0")
    #expect(key.shown(settings) == "[secret]" && key.shown(ServeConfiguration()).isEmpty)
  }

  @Test func `adapters are read with names, files and weights, merged ones apart`() throws {
    let text = "ink=/a/ink.safetensors:0.75, /a=b/chalk.safetensors:-1, x=c:d.safetensors"
    let settings = try resolve(options: ["lora": text, "merge_lora": "base=m.safetensors"])
    let beside = settings.adapters.filter { !$0.isMerged }
    #expect(beside.map(\.name) == ["ink", "chalk", "x"])
    #expect(
      beside.map(\.path) == ["/a/ink.safetensors", "/a=b/chalk.safetensors", "c:d.safetensors"])
    #expect(beside.map(\.weight) == [0.75, -1, 1])
    #expect(settings.adapters.filter(\.isMerged).map(\.name) == ["base"])
    for key in ServeKey.all where ["lora", "merge_lora"].contains(key.name) {
      #expect(try resolve(options: [key.name: key.shown(settings)]).adapters.count > 0)
    }
    let winning = try resolve(options: ["lora": "p.safetensors"], file: ["lora": text])
    #expect(winning.adapters.map(\.name) == ["p"])
  }

  /// A sign and a combining mark behind it are one character.
  @Test(arguments: ["\u{1B6D}b.s", "a=\u{301}b.s:2", "a=b.s,\u{301}c=d", "a=b.s:\u{301}1"])
  func `signs before a combining mark are signs`(text: String) throws {
    let adapters = try resolve(options: ["lora": text]).adapters
    let shown = ServeKey.all.first { $0.name == "lora" }?.shown(
      try resolve(options: ["lora": text]))
    #expect(try resolve(options: ["lora": try #require(shown)]).adapters == adapters)
    #expect(adapters.allSatisfy { !$0.name.unicodeScalars.contains("=") })
    #expect(adapters.count == (text.unicodeScalars.contains(",") ? 2 : 1))
  }

  @Test func `trusted proxies are ranges with commas between`() throws {
    let settings = try resolve(file: ["trusted_proxies": "10.0.0.0/8, ::1"])
    #expect(settings.trustedProxies.map(\.description) == ["10.0.0.0/8", "::1"])
    #expect(try resolve(options: ["trusted_proxies": ""]).trustedProxies.isEmpty)
  }

  @Test func `an unknown name is refused in the file and reported in the environment`() throws {
    #expect(throws: ServeConfigurationError.self) { try resolve(file: ["prot": "1"]) }
    let environment = ["BYTEEDIT_PROT": "1", "BYTEEDIT_PORT": "2", "BYTEEDIT_KERNELS": "plain"]
    #expect(try resolve(environment: environment).port == 2)
    #expect(ServeConfiguration.unknownVariables(environment) == ["BYTEEDIT_PROT"])
  }

  @Test func `a YAML and a JSON file say the same`() throws {
    let scratch = try ScratchFolder()
    let folder = URL(filePath: scratch.path)
    let (yaml, json) = (folder.appending(path: "a.yaml"), folder.appending(path: "a.json"))
    try Data("port: 9000\nlog_prompts: true\n".utf8).write(to: yaml)
    try Data(#"{"port": 9000, "log_prompts": true}"#.utf8).write(to: json)
    let expected = ["port": "9000", "log_prompts": "true"]
    #expect(try ServeFile.read(yaml.path) == expected)
    #expect(try ServeFile.read(json.path) == expected)
    try Data("- port".utf8).write(to: yaml)
    #expect(throws: (any Error).self) { try ServeFile.read(yaml.path) }
  }
}
