import HTTP
import Testing

@Suite struct `Body collector` {
  /// Gives a body in pieces of odd sizes.
  private struct Source: BodySource {
    let bytes: [UInt8]
    let position = Counter()

    actor Counter {
      var value = 0

      func advance(by count: Int, limit: Int) -> Range<Int> {
        let start = value
        value = min(value + count, limit)
        return start..<value
      }
    }

    func nextBodyPiece(of exchange: Int) async throws(HTTPError) -> [UInt8]? {
      let range = await position.advance(by: 77_777, limit: bytes.count)
      return range.isEmpty ? nil : Array(bytes[range])
    }
  }

  private func collect(_ count: Int, directory: String = "/tmp") async throws -> CollectedBody {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let collector = BodyCollector(
      limit: 1_000_000, memoryLimit: 100_000, directory: directory,
      queue: WorkQueue(label: "test", width: 1))
    let body = RequestBody(source: Source(bytes: bytes), exchange: 1, length: nil)
    let collected = try await collector.collect(body)
    #expect(try collected.withBytes { Array($0) } == bytes)
    return collected
  }

  @Test(arguments: [0, 1, 99_999, 100_000])
  func `a small body stays in memory`(count: Int) async throws {
    #expect(try await collect(count).isOnDisk == false)
  }

  @Test(arguments: [400_000, 400_001, 777_777, 1_000_000])
  func `a larger one goes to disk and comes back whole`(count: Int) async throws {
    #expect(try await collect(count).isOnDisk)
  }

  @Test func `one byte too many is refused`() async throws {
    await #expect(throws: HTTPError.bodyTooLarge(limit: 1_000_000)) {
      _ = try await collect(1_000_001)
    }
  }

  @Test func `a disk that takes nothing is an error that says so`() async throws {
    await #expect {
      _ = try await collect(500_000, directory: "/no/such/folder")
    } throws: { error in
      guard case .spoolFailed(let reason)? = error as? HTTPError else { return false }
      return reason.contains("/no/such/folder")
    }
  }
}
