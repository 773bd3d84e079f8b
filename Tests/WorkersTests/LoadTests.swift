import Foundation
import Jobs
import Testing
import Workers

@Suite(.serialized) struct `Workers under load` {
  @Test func `of 200 jobs with random cancels and failures each ends exactly once`() async throws {
    var store = JobStoreSettings()
    store.queueLimit = 1000
    var settings = WorkerSettings.brisk
    settings.count = 4
    try await Workshop.open(settings: store) { shop in
      let script = { @Sendable (input: EditInput, onEvent: (EditStep) throws -> Void) in
        for step in 1...3 {
          usleep(.random(in: 0...2000))
          try onEvent(.step(step, of: 3, candidate: 0))
        }
        if try input.image.bytes()[0] % 7 == 0 {
          throw EditFailure.permanent(JobError(code: "bad", detail: "send another"))
        }
        return EditOutput.made(of: try input.image.bytes())
      }
      try await shop.withPool(settings, script: script) { _ in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for client in 0..<16 {
            group.addTask { try await Self.visit(shop, client) }
          }
          try await group.waitForAll()
        }
      }
    }
  }

  private static func visit(_ shop: Workshop, _ client: Int) async throws {
    for number in 0..<13 {
      let id = try await shop.submit([UInt8(client * 13 + number)])
      if Bool.random() {
        try await Task.sleep(for: .milliseconds(.random(in: 0...20)))
        _ = try await shop.store.cancel(id)
      }
      let job = try await shop.job(id)
      let kinds = try await shop.store.events(of: id, after: 0, limit: 1000).map(\.kind.name)
      let ends = kinds.filter { JobState(rawValue: $0)?.isFinal == true }
      #expect(ends == [job.state.rawValue])
      #expect((job.result != nil) == (job.state == .succeeded))
    }
  }
}
