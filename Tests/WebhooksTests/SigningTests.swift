import Foundation
import Testing
import Webhooks

@Suite struct `A webhook's signature` {
  /// The vector that the Standard Webhooks libraries are tested with.
  @Test func `is that of the published test vector`() throws {
    let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    let header = WebhookSignature.header(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
      body: Array("{\"test\": 2432232314}".utf8), secrets: [secret])
    #expect(header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test func `is there for every secret, in their order`() throws {
    let secrets = try WebhookSecret.list(Self.two)
    func header(_ secrets: [WebhookSecret]) -> String? {
      WebhookSignature.header(id: "a", timestamp: 1, body: [], secrets: secrets)
    }
    let both = try #require(header(secrets)).split(separator: " ").map(String.init)
    #expect(both.count == 2 && both[0] != both[1])
    #expect(both == [header([secrets[0]]), header([secrets[1]])])
  }

  private static let two = """
    # the new one
    whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw,
      whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA

    """

  @Test(arguments: [
    "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8G", "whsec_!!!!",
    "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + String(repeating: "A", count: 88),
  ])
  func `asks for a secret of the usual form, and repeats none`(_ text: String) {
    let fault = #expect(throws: WebhookSecret.Fault.self) { try WebhookSecret(text) }
    #expect(text.count < 10 || fault?.description.contains(text) == false)
  }

  @Test func `secrets come from a file and a setting, and are never printed`() throws {
    let file = FileManager.default.temporaryDirectory.path + "/secrets-\(UUID().uuidString)"
    try Self.two.write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let setting = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    #expect(try WebhookSecrets.read(text: setting, file: file).count == 3)
    #expect(try WebhookSecrets.read(text: nil, file: nil).isEmpty)
    #expect("\(try WebhookSecrets.read(text: setting, file: nil))" == "[[secret]]")
    #expect(throws: WebhookSecret.Fault.self) {
      try WebhookSecrets.read(text: nil, file: file + ".none")
    }
    try "# none yet\n".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(throws: WebhookSecret.Fault.self) { try WebhookSecrets.read(text: nil, file: file) }
  }
}
