import Foundation
import JobStoreSQLite
import Jobs
import Locks
import Testing

@testable import Workers

@Suite(.timeLimit(.minutes(1))) struct `Work in the background` {
  /// What was done, and a gate that holds up who comes to it.
  private final class Yard: Sendable {
    let done = Lock<[Int]>([])
    private let gate = DispatchSemaphore(value: 0)

    func note(_ number: Int) { done.withLock { $0.append(number) } }
    func open() { gate.signal() }
    func close() { gate.wait() }
  }

  /// Drains on a thread of its own, as a worker does.
  private func drain(_ lane: BackgroundLane) async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        lane.drain()
        continuation.resume()
      }
    }
  }

  @Test func `is done in its order, and all of it when the lane is drained`() async {
    let (lane, yard) = (BackgroundLane(), Yard())
    for round in 0..<3 {
      for number in 0..<10 {
        lane.post {
          if number % 3 == 0 { try? await Task.sleep(for: .milliseconds(1)) }
          yard.note(10 * round + number)
        }
      }
      await drain(lane)
      #expect(yard.done.withLock { $0 } == Array(0..<10 * (round + 1)))
    }
    await drain(lane)
  }

  @Test func `of too much that waits, the latest that may be left out gives way`() async throws {
    let (lane, yard) = (BackgroundLane(limit: 3), Yard())
    lane.post { yard.close() }
    for number in 1...20 { lane.post(maySkip: number > 2) { yard.note(number) } }
    // The lane is full when the drain begins: nothing gives way to that.
    async let drained: Void = drain(lane)
    try await Task.sleep(for: .milliseconds(20))
    yard.open()
    await drained
    let done = yard.done.withLock { $0 }
    #expect(done.prefix(2) == [1, 2] && done.last == 20 && done.count < 20)
    #expect(done == done.sorted())
  }
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct `Files that are kept ahead` {
  @Test func `a file is in the store before its edit is over`() async throws {
    let syncs = Tally()
    var environment = SQLiteJobStore.Environment()
    environment.fileCalls.synchronize = { descriptor in
      syncs.add()
      return FileCalls.system.synchronize(descriptor)
    }
    try await Workshop.open(environment: environment) { shop in
      let opening = syncs.count
      let (picture, store) = ([UInt8](repeating: 9, count: 1000), shop.store)
      let script = { @Sendable (_: EditInput, onEvent: (EditStep) throws -> Void) in
        try onEvent(.file(bytes: picture, mediaType: "image/png"))
        let hash = try BlobHash(of: picture)
        let end = ContinuousClock.now + .seconds(20)
        while (try? waiting(for: { try await store.read(hash) })) != picture {
          guard ContinuousClock.now < end else { throw EditFailure.permanent(.workerLost) }
        }
        // Equal, and another array.
        return EditOutput.made(of: [UInt8](repeating: 9, count: 1000))
      }
      try await shop.withPool(script: script) { _ in
        let job = try await shop.job(try await shop.submit())
        let kept = try #require(job.result?.candidates.first?.image)
        // File, its new folder and that one's folder, of the request's picture and of this one.
        #expect(syncs.count - opening == 6)
        #expect(
          kept
            == BlobReference(
              hash: try BlobHash(of: picture), byteCount: 1000, mediaType: "image/png"))
      }
    }
  }

  @Test func `what could not be kept ahead is put again at the end`() async throws {
    let (refused, picture) = (Tally(), [UInt8](repeating: 8, count: 777))
    var environment = SQLiteJobStore.Environment()
    environment.fileCalls.write = { descriptor, bytes in
      guard bytes.count == picture.count, refused.count == 0 else {
        return FileCalls.system.write(descriptor, bytes)
      }
      refused.add()
      errno = EIO
      return -1
    }
    try await Workshop.open(environment: environment) { shop in
      let script = { @Sendable (_: EditInput, onEvent: (EditStep) throws -> Void) in
        try onEvent(.file(bytes: picture, mediaType: "image/png"))
        return EditOutput.made(of: picture)
      }
      try await shop.withPool(script: script) { _ in
        let job = try await shop.job(try await shop.submit())
        #expect(job.state == .succeeded && job.attempt == 1 && refused.count == 1)
        let image = try #require(job.result?.candidates.first?.image)
        #expect(try await shop.store.read(image.hash) == picture)
      }
    }
  }
}
