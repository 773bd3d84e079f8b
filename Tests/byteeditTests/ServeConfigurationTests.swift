import Foundation
import Testing

@testable import byteedit

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
    ("provenance", "perhaps"), ("lease_seconds", "-1"),
  ])
  func `a value out of range is refused by the setting's name`(
    _ name: String, _ value: String
  ) throws {
    let error = #expect(throws: ServeConfigurationError.self) {
      try resolve(environment: ["BYTEEDIT_" + name.uppercased(): value])
    }
    #expect(error?.description.hasPrefix(name) == true)
  }

  @Test func `an unknown name is refused in the file and reported in the environment`() throws {
    #expect(throws: ServeConfigurationError.self) { try resolve(file: ["prot": "1"]) }
    let environment = ["BYTEEDIT_PROT": "1", "BYTEEDIT_PORT": "2", "BYTEEDIT_KERNELS": "plain"]
    #expect(try resolve(environment: environment).port == 2)
    #expect(ServeConfiguration.unknownVariables(environment) == ["BYTEEDIT_PROT"])
  }

  @Test func `a YAML and a JSON file say the same`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
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
