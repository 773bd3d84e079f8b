import Access
import Jobs
import Testing

@Suite struct `Keys` {
  private func key(_ id: String, _ secret: KeySecret, _ scopes: Set<Scope> = [.read]) throws
    -> APIKey
  {
    APIKey(id: id, digest: try #require(KeyDigest(of: secret)), scopes: scopes)
  }

  @Test func `a secret is 256 random bits and says nothing by itself`() {
    let secrets = (0..<100).map { _ in KeySecret.random() }
    #expect(Set(secrets.map(\.text)).count == 100)
    for secret in secrets {
      #expect(secret.text.wholeMatch(of: /byteedit_[0-9a-f]{64}/) != nil)
      #expect(!"\(secret)\(String(reflecting: secret))".contains(secret.text))
    }
  }

  @Test func `the digest is the SHA-256 of the text`() throws {
    // FIPS 180-4, the example "abc".
    let digest = try #require(KeyDigest(of: KeySecret("abc")))
    let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(digest.description == text)
    #expect(try digest.equalsInConstantTime(#require(KeyDigest(text))))
    #expect(try !digest.equalsInConstantTime(#require(KeyDigest("0" + text.dropFirst()))))
    #expect(try !digest.equalsInConstantTime(#require(KeyDigest(text.dropLast() + "0"))))
  }

  @Test(arguments: [
    "", "ba78", String(repeating: "g", count: 64), String(repeating: "A", count: 64),
  ])
  func `what is no digest is refused`(_ text: String) {
    #expect(KeyDigest(text) == nil)
  }

  @Test func `a ring finds a key by its secret alone, and only the keys of now`() throws {
    let (first, second, third) = (KeySecret.random(), KeySecret.random(), KeySecret.random())
    let ring = KeyRing(try KeyFile([try key("a", first), try key("b", second)]))
    #expect(ring.key(of: first)?.id == "a")
    #expect(ring.key(of: second)?.id == "b")
    #expect(ring.key(of: third) == nil)
    #expect(ring.key(of: KeySecret("")) == nil)
    ring.replace(with: try KeyFile([try key("c", third)]))
    #expect(ring.key(of: first) == nil)
    #expect(ring.key(of: third)?.id == "c")
  }

  @Test func `a key is active until it expires or is disabled`() throws {
    var key = try key("a", .random())
    let moment = Jobs.Timestamp(milliseconds: 1_000_000)
    #expect(key.state(at: moment) == .active)
    key.expiresAt = moment
    #expect(key.state(at: moment - .milliseconds(1)) == .active)
    #expect(key.state(at: moment) == .expired)
    key.isDisabled = true
    #expect(key.state(at: moment) == .disabled)
  }

  @Test func `a scope is held by name, admin holds all`() {
    #expect(Set<Scope>([.edit]).allow(.edit))
    #expect(!Set<Scope>([.edit]).allow(.read))
    #expect(!Set<Scope>([.edit, .read]).allow(.admin))
    #expect(Scope.allCases.allSatisfy { Set<Scope>([.admin]).allow($0) })
    #expect(Set<Scope>([.admin, .edit]).text == "edit admin")
  }

  @Test func `callers see their own jobs, admins everybody's, nobody none`() throws {
    var shared = try key("a", .random())
    shared.owner = "shop"
    let caller = Caller(shared)
    #expect(caller.sees("shop") && !caller.sees("a") && caller.listedOwner == "shop")
    let admin = Caller(try key("root", .random(), [.admin]))
    #expect(admin.sees("shop") && admin.listedOwner == nil)
    #expect(Caller.everybody.sees("local") && !Caller.everybody.sees("shop"))
    #expect(!Caller.nobody.sees("local") && !Caller.nobody.scopes.allow(.read))
  }

  @Test(arguments: [
    ("shop", true), ("a.b_c-9", true), ("0", true), ("", false), ("-a", false), ("Shop", false),
    ("a b", false), ("a\n", false), ("ä", false), (String(repeating: "a", count: 65), false),
  ])
  func `ids are short and plain`(_ text: String, _ isName: Bool) {
    #expect(APIKey.isName(text) == isName)
  }
}
