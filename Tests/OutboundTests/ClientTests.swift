import Locks
import Outbound
import Sockets
import Testing

@Suite struct `A request that a caller aimed` {
  @Test func `goes to the very address that was vetted`() async throws {
    // A name that is public at first and private a moment later (DNS rebinding).
    let network = FakeNetwork([["93.184.216.34"], ["127.0.0.1"]])
    let head = try await network.client().send(.post())
    #expect(head.status == 204)
    #expect(network.connected.withLock { $0 } == ["93.184.216.34:443"])
    let text = String(decoding: network.stream.written.withLock { $0 }, as: UTF8.self)
    #expect(
      text == "POST /hook?a=b HTTP/1.1\r\nHost: hooks.example\r\nX-Test: 1\r\n"
        + "Content-Length: 2\r\nConnection: close\r\n\r\n{}")
    await #expect(throws: OutboundError.self) { try await network.client().send(.post()) }
    #expect(network.connected.withLock { $0.count } == 1, "the second answer is vetted anew")
  }

  @Test(arguments: [
    ["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["10.0.0.1", "93.184.216.34"],
    ["93.184.216.34", "::1"], ["::ffff:169.254.169.254"], ["fd00::1"],
    ["1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9", "192.168.1.1"],
  ])
  func `goes nowhere where one address of the name is not public`(
    _ addresses: [String]
  ) async throws {
    let network = FakeNetwork([addresses])
    let error = await #expect(throws: OutboundError.self) {
      try await network.client().send(.post())
    }
    guard case .refused = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(network.connected.withLock { $0.isEmpty })
  }

  @Test func `asks no resolver for an address that is written out`() async throws {
    let network = FakeNetwork([["93.184.216.34"]])
    await #expect(throws: OutboundError.self) {
      try await network.client().send(.post(to: "127.0.0.1"))
    }
    await #expect(throws: OutboundError.self) { try await network.client().send(.post(to: "::1")) }
    _ = try await network.client().send(.post(to: "8.8.8.8", port: 8443))
    #expect(network.connected.withLock { $0 } == ["8.8.8.8:8443"])
    let home = FakeNetwork([["10.1.0.9"]])
    _ = try await home.client(allowed: [try NetworkRange("10.1.0.0/16")]).send(.post())
    #expect(home.connected.withLock { $0 } == ["10.1.0.9:443"])
  }

  @Test func `tries the next address where one does not answer`() async throws {
    let network = FakeNetwork([["1.1.1.1", "2606:4700::1"]], unreachable: ["1.1.1.1"])
    #expect(try await network.client().send(.post()).status == 204)
    #expect(network.connected.withLock { $0 } == ["1.1.1.1:443", "[2606:4700::1]:443"])
    let dark = FakeNetwork([["1.1.1.1", "1.0.0.1"]], unreachable: ["1.1.1.1", "1.0.0.1"])
    await #expect(throws: OutboundError.unreachable("refused")) {
      try await dark.client().send(.post())
    }
  }

  @Test func `is over where the name has no address`() async throws {
    let error = await #expect(throws: OutboundError.self) {
      try await FakeNetwork([[]]).client().send(.post())
    }
    guard case .unresolved = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

@Suite struct `Looking names up` {
  @Test func `ends at the deadline, and so many look-ups run at most`() throws {
    let gate = Gate()
    let resolver = NameResolver(limit: 1) { _, _ throws(OutgoingError) in
      gate.wait()
      return []
    }
    #expect(throws: OutboundError.unresolved("no answer in time")) {
      try resolver.addresses(of: "slow.example", port: 1, deadline: .now + .milliseconds(1))
    }
    #expect(throws: OutboundError.unresolved("too many look-ups are under way")) {
      try resolver.addresses(of: "slow.example", port: 1, deadline: .now + .seconds(60))
    }
    gate.open()
  }

  @Test func `finds this machine`() throws {
    let found = try NameResolver().addresses(
      of: "localhost", port: 7, deadline: .now + .seconds(60))
    #expect(!found.isEmpty && found.allSatisfy { $0.isLoopback && $0.port == 7 })
    #expect(throws: OutboundError.self) {
      try NameResolver().addresses(of: "no.such.invalid", port: 7, deadline: .now + .seconds(60))
    }
  }
}
