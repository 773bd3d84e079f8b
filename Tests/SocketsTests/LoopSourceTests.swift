import Glibc
import Synchronization
import Testing

@testable import Sockets

@Suite(.timeLimit(.minutes(1))) struct `Sources of a loop` {
  private let loop = EventLoop(label: "test")

  /// Both ends of a socket pair, not blocking.
  private func pair() throws -> (Int32, Int32) {
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    return (ends[0], ends[1])
  }

  private func drain(_ descriptor: Int32) {
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) == 1 {}
  }

  /// Waits until the queue has done what it was told before, and looked for events since.
  private func settle() {
    for _ in 0..<3 {
      loop.queue.sync {}
      usleep(20_000)
    }
  }

  @Test func `readiness is told as long as it lasts, and to who is not suspended`() async throws {
    let (mine, other) = try pair()
    let (told, tell) = AsyncStream.makeStream(of: Void.self)
    let source = LoopSource(.read, of: mine, on: loop)
    source.setEventHandler {
      drain(mine)
      tell.yield()
    }
    var events = told.makeAsyncIterator()
    loop.queue.sync { source.resume() }
    _ = write(other, "a", 1)
    await events.next()
    loop.queue.sync { source.suspend() }
    _ = write(other, "b", 1)
    settle()
    var byte: UInt8 = 0
    #expect(read(mine, &byte, 1) == 1, "what came meanwhile lies there unread")
    _ = write(other, "c", 1)
    loop.queue.sync { source.resume() }
    await events.next()
    loop.queue.sync { source.cancel() }
    for end in [mine, other] { close(end) }
  }

  @Test func `a descriptor can be watched for both, and for neither after a hang-up`() async throws
  {
    let (mine, other) = try pair()
    let counts = Mutex((reads: 0, writes: 0))
    let (told, tell) = AsyncStream.makeStream(of: Void.self)
    let reader = LoopSource(.read, of: mine, on: loop)
    let writer = LoopSource(.write, of: mine, on: loop)
    reader.setEventHandler {
      counts.withLock { $0.reads += 1 }
      reader.suspend()
      tell.yield()
    }
    writer.setEventHandler {
      counts.withLock { $0.writes += 1 }
      writer.suspend()
      tell.yield()
    }
    var events = told.makeAsyncIterator()
    loop.queue.sync {
      reader.resume()
      writer.resume()
    }
    await events.next()
    close(other)
    await events.next()
    settle()
    #expect(counts.withLock { $0 == (1, 1) }, "a hang-up nobody watches for is not told again")
    loop.queue.sync {
      reader.cancel()
      writer.cancel()
    }
    close(mine)
  }

  @Test func `who takes over a descriptor's number does not get its predecessor's event`() throws {
    let (first, firstOther) = try pair()
    let (second, secondOther) = try pair()
    let (silent, silentOther) = try pair()
    let wrong = Mutex(0)
    let sources = Mutex<[LoopSource]>([])
    // Whichever of the two is told first ends the other and gives its number to a silent socket.
    for (mine, victim) in [(first, second), (second, first)] {
      let source = LoopSource(.read, of: mine, on: loop)
      source.setEventHandler { [loop] in
        drain(mine)
        let old = sources.withLock { $0.first { $0.descriptor == victim } }
        guard let old else { return }
        old.cancel()
        dup2(silent, victim)
        let heir = LoopSource(.read, of: victim, on: loop)
        heir.setEventHandler { wrong.withLock { $0 += 1 } }
        sources.withLock { $0.removeAll { $0.descriptor == victim } }
        heir.resume()
        sources.withLock { $0.append(heir) }
      }
      sources.withLock { $0.append(source) }
    }
    _ = write(firstOther, "a", 1)
    _ = write(secondOther, "b", 1)
    loop.queue.sync { for source in sources.withLock({ $0 }) { source.resume() } }
    settle()
    #expect(sources.withLock { $0.count } == 2)
    #expect(wrong.withLock { $0 } == 0)
    loop.queue.sync { for source in sources.withLock({ $0 }) { source.cancel() } }
    for end in [first, firstOther, second, secondOther, silent, silentOther] { close(end) }
  }

  @Test func `the cancel handler comes once, and nothing after it`() async throws {
    let (mine, other) = try pair()
    let (told, tell) = AsyncStream.makeStream(of: String.self)
    let source = LoopSource(.read, of: mine, on: loop)
    source.setEventHandler { tell.yield("event") }
    source.setCancelHandler { tell.yield("cancelled") }
    loop.queue.sync {
      source.suspend()
      source.cancel()
      source.cancel()
      source.resume()
    }
    _ = write(other, "a", 1)
    settle()
    tell.finish()
    var all: [String] = []
    for await name in told { all.append(name) }
    #expect(all == ["cancelled"])
    for end in [mine, other] { close(end) }
  }
}
