import Jobs
import Testing

@testable import FaultHistory

/// The checker of the fault run finds what it is there to find: each test forges one thing.
@Suite("Histories of fault runs")
struct HistoryCheckerTests {
  private static let start = ContinuousClock.now

  /// A history that nothing is wrong with; tests spoil it.
  private struct Forged {
    var asked = ["a": AskedJob(recipe: "seed 1"), "b": AskedJob(recipe: "seed 2")]
    var observations: [Observation] = []
    var listed = ["edit_a", "edit_b"]
    private var clock = HistoryCheckerTests.start

    init() {
      for (key, hash) in [("a", "1111"), ("b", "2222")] {
        let id = "edit_\(key)"
        see(key, .refused(status: 503, tellsWhenToRetry: true, id: nil))
        see(key, .unanswered)
        see(key, .accepted(.init(id: id, state: .queued, sequence: 1, attempt: 0)))
        see(key, .job(.init(id: id, state: .running, sequence: 2, attempt: 1)))
        see(key, .job(.init(id: id, state: .queued, sequence: 4, attempt: 1)))
        see(key, .unchanged(id: id, sequence: 4))
        see(key, .job(.init(id: id, state: .succeeded, sequence: 7, attempt: 2, picture: hash)))
        see(key, .picture(id: id, hash: hash))
        see(key, .events(id: id, Self.events))
      }
    }

    static let events = [
      "queued", "running", "progress", "requeued", "running", "progress", "succeeded",
    ].enumerated().map { Observation.Event(sequence: Int64($0 + 1), name: $1) }

    /// Something that began when everything before it was over.
    mutating func see(_ key: String, _ kind: Observation.Kind, overlapping: Bool = false) {
      let began = overlapping ? HistoryCheckerTests.start : clock
      clock += .milliseconds(10)
      observations.append(
        Observation(client: 0, key: key, began: began, ended: clock, kind: kind))
      clock += .milliseconds(10)
    }

    mutating func drop(_ key: String, where isUnwanted: (Observation.Kind) -> Bool) {
      observations.removeAll { $0.key == key && isUnwanted($0.kind) }
    }

    var rules: [Violation.Rule] {
      HistoryChecker(asked: asked, observations: observations, listed: listed).violations()
        .map(\.rule)
    }
  }

  private static func sighting(
    _ key: String, _ state: JobState, _ sequence: Int64, attempt: Int = 2, picture: String? = nil
  ) -> Observation.Kind {
    .job(
      .init(
        id: "edit_\(key)", state: state, sequence: sequence, attempt: attempt, picture: picture))
  }

  @Test func `a history without fault has no violation`() {
    #expect(Forged().rules == [])
  }

  @Test func `an accepted job that nobody saw at its end is lost`() {
    var forged = Forged()
    forged.drop("a") {
      switch $0 {
      case .job(let job): job.state.isFinal
      case .picture, .events: true
      default: false
      }
    }
    #expect(forged.rules == [.lost])
  }

  @Test func `a job that is not listed in the end is lost`() {
    var forged = Forged()
    forged.listed = ["edit_b"]
    #expect(forged.rules == [.lost])
  }

  @Test func `a submission that was never accepted is lost`() {
    var forged = Forged()
    forged.asked["c"] = AskedJob(recipe: "seed 3")
    forged.see("c", .refused(status: 503, tellsWhenToRetry: true, id: nil))
    #expect(forged.rules == [.lost])
  }

  @Test func `two jobs under one key are one too many`() {
    var forged = Forged()
    forged.see(
      "a",
      .accepted(.init(id: "edit_c", state: .succeeded, sequence: 7, attempt: 2, picture: "1111")))
    forged.listed.append("edit_c")
    #expect(forged.rules == [.twice])
  }

  @Test func `one job under two keys answers only one of them`() {
    var forged = Forged()
    forged.asked["c"] = AskedJob(recipe: "seed 2")
    forged.see(
      "c",
      .accepted(.init(id: "edit_b", state: .succeeded, sequence: 7, attempt: 2, picture: "2222")))
    #expect(forged.rules == [.twice])
  }

  @Test(arguments: [["edit_a", "edit_b", "edit_z"], ["edit_a", "edit_b", "edit_b"]])
  func `a job that nobody asked for, or listed twice, is found`(listed: [String]) {
    var forged = Forged()
    forged.listed = listed
    #expect(forged.rules == [.twice])
  }

  @Test func `a job that ends twice is found in its events`() {
    var forged = Forged()
    let again = Observation.Event(sequence: 8, name: "succeeded")
    forged.see("a", .events(id: "edit_a", Forged.events + [again]))
    #expect(forged.rules == [.twice])
  }

  @Test func `events that leave out a step or go back are found`() {
    var forged = Forged()
    forged.see("a", .events(id: "edit_a", [Forged.events[0], Forged.events[6]]))
    #expect(forged.rules == [.wrongState])
    forged = Forged()
    forged.see("a", .events(id: "edit_a", Array(Forged.events.prefix(3))))
    #expect(forged.rules == [.lost])
    forged = Forged()
    var events = Forged.events
    events[5].sequence = 4
    forged.see("a", .events(id: "edit_a", events))
    #expect(forged.rules == [.wrongOrder])
  }

  @Test func `an older state after a newer one is found`() {
    var forged = Forged()
    forged.see("a", Self.sighting("a", .queued, 4, attempt: 1))
    #expect(forged.rules == [.wrongOrder, .wrongOrder])
    forged = Forged()
    forged.see("a", .unchanged(id: "edit_a", sequence: 4))
    #expect(forged.rules == [.wrongOrder])
  }

  @Test func `answers to questions that overlapped may come in any order`() {
    var forged = Forged()
    forged.see("a", Self.sighting("a", .queued, 4, attempt: 1), overlapping: true)
    forged.see("a", .unchanged(id: "edit_a", sequence: 4), overlapping: true)
    #expect(forged.rules == [])
  }

  @Test func `a job that goes on after its end is found`() {
    var forged = Forged()
    forged.see("a", Self.sighting("a", .running, 8, attempt: 3))
    #expect(forged.rules == [.wrongState])
  }

  @Test func `two states at one sequence are found`() {
    var forged = Forged()
    forged.see("a", Self.sighting("a", .canceled, 7))
    #expect(forged.rules == [.wrongState])
  }

  @Test func `an end that nobody asked for is found`() {
    func ended(_ state: JobState, isCancelled: Bool) -> [Violation.Rule] {
      var forged = Forged()
      forged.asked["c"] = AskedJob(recipe: "seed 3", isCancelled: isCancelled)
      forged.see("c", .accepted(.init(id: "edit_c", state: .queued, sequence: 1, attempt: 0)))
      forged.see("c", Self.sighting("c", state, 2, attempt: 0))
      forged.listed.append("edit_c")
      return forged.rules
    }
    #expect(ended(.canceled, isCancelled: true) == [])
    #expect(ended(.canceled, isCancelled: false) == [.wrongState])
    #expect(ended(.failed, isCancelled: true) == [.wrongState])
  }

  @Test func `a result that changes is found`() {
    var forged = Forged()
    forged.see("a", Self.sighting("a", .succeeded, 7, picture: "3333"))
    #expect(forged.rules == [.changedResult])
  }

  @Test func `bytes of another job are found by their recipe`() {
    var forged = Forged()
    forged.asked["c"] = AskedJob(recipe: "seed 2")
    forged.see("c", .accepted(.init(id: "edit_c", state: .queued, sequence: 1, attempt: 0)))
    forged.see("c", Self.sighting("c", .succeeded, 4, picture: "1111"))
    forged.see("c", .picture(id: "edit_c", hash: "1111"))
    forged.listed.append("edit_c")
    #expect(forged.rules == [.changedResult])
  }

  @Test func `a picture too early, or none at the end, is found`() {
    var forged = Forged()
    forged.see("a", Self.sighting("a", .succeeded, 7))
    #expect(forged.rules == [.wrongState])
    forged = Forged()
    forged.see("a", Self.sighting("a", .running, 5, picture: "1111"), overlapping: true)
    #expect(forged.rules == [.wrongState])
  }

  @Test(arguments: [
    (500, true), (503, false), (429, false), (404, true), (410, true), (422, true), (400, false),
  ])
  func `a refusal that the API does not name is found`(status: Int, tells: Bool) {
    var forged = Forged()
    forged.see("a", .refused(status: status, tellsWhenToRetry: tells, id: "edit_a"))
    #expect(forged.rules == [.wrongAnswer])
  }
}
