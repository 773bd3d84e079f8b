import Jobs
import Outbound
import Sockets
import Testing
import Webhooks

@Suite struct `Webhooks that a submission may ask for` {
  private func refusal(
    _ url: String, http: Bool = false, allowed: [String] = [], secrets: Bool = true
  ) throws -> String? {
    let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    let policy = WebhookPolicy(
      secrets: WebhookSecrets(secrets ? [secret] : []), allowsHTTP: http,
      addresses: AddressPolicy(allowed: try allowed.map { try NetworkRange($0) }))
    return policy.refusal(of: try WebhookURL(url))
  }

  @Test(arguments: [
    "https://example.org/", "https://example.org:1024/", "https://8.8.8.8/",
    "https://[2606:4700::1]/", "https://localhost/",
  ])
  func `lead to names and public addresses`(_ url: String) throws {
    #expect(try refusal(url) == nil)
  }

  @Test(arguments: [
    ("http://example.org/", "webhook_allow_http"), ("https://example.org:80/", "443"),
    ("https://example.org:25/", "443"), ("https://example.org:1023/", "443"),
    ("https://127.0.0.1/", "webhook_allowed_networks"), ("https://10.0.0.1/", "RFC 1918"),
    ("https://169.254.169.254/latest/meta-data/", "metadata"),
    ("https://[::1]/", "loopback"), ("https://[::ffff:127.0.0.1]/", "loopback"),
    ("https://[fe80::1]/", "link-local"), ("https://[1::2::3]/", "no IPv6 address"),
    ("https://[64:ff9b::10.0.0.1]/", "translation"),
  ])
  func `are refused with what to do`(_ url: String, _ word: String) throws {
    #expect(try refusal(url)?.contains(word) == true)
  }

  @Test func `are refused where nothing signs them`() throws {
    #expect(try refusal("https://example.org/", secrets: false)?.contains("webhook_secret") == true)
  }

  @Test func `may go where the operator says`() throws {
    #expect(try refusal("http://example.org/", http: true) == nil)
    #expect(try refusal("http://example.org:443/", http: true) != nil)
    #expect(try refusal("https://10.1.0.1/", allowed: ["10.1.0.0/16"]) == nil)
    #expect(try refusal("https://10.2.0.1/", allowed: ["10.1.0.0/16"]) != nil)
  }
}
