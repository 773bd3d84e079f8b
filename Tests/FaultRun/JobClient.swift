import Digests
import FaultHistory
import Foundation
import Jobs

/// A client that wants its edits whatever happens: it submits with an Idempotency-Key, tries again
/// as it is told, polls, and fetches the result.
struct JobClient {
  let number: Int
  let ports: [UInt16]
  let ledger: Ledger
  var generator: SeededGenerator
  /// When it gives up.
  let deadline: ContinuousClock.Instant

  /// Submits job `place` and follows it to its end.
  mutating func carryOut(_ place: Int) {
    let request = JobRequest(place)
    let cancels = generator.chance(0.03)
    ledger.ask(request.key, AskedJob(recipe: request.recipe, isCancelled: cancels))
    guard let id = submit(request) else { return }
    // As after an answer that got lost: the same key, perhaps at another server.
    if generator.chance(0.1) { _ = submit(request) }
    if cancels { cancel(id, request.key) }
    guard let end = follow(id, request.key) else { return }
    ledger.ended()
    if end == .succeeded { fetch(id, request.key) }
  }

  // MARK: Steps

  private mutating func submit(_ request: JobRequest) -> String? {
    let start = ContinuousClock.now
    return untilAnswered { client, port in
      let began = ContinuousClock.now
      let answer = FaultClient.send(
        "POST", "/v1/edits", port: port,
        headers: ["Content-Type": "application/json", "Idempotency-Key": request.key],
        body: request.body)
      guard let answer, answer.status == 202 || answer.status == 200,
        let sighting = Self.sighting(answer)
      else { return client.refused(answer, request.key, began) }
      client.note(request.key, began, .accepted(sighting))
      client.ledger.accepted(after: (ContinuousClock.now - start) / .seconds(1))
      return .done(sighting.id)
    }
  }

  private mutating func cancel(_ id: String, _ key: String) {
    let _: Bool? = untilAnswered { client, port in
      let began = ContinuousClock.now
      let answer = FaultClient.send("DELETE", "/v1/edits/\(id)", port: port)
      guard let answer, answer.status == 202 || answer.status == 200,
        let sighting = Self.sighting(answer)
      else { return client.refused(answer, key, began, id) }
      client.note(key, began, .job(sighting))
      return .done(true)
    }
  }

  private mutating func follow(_ id: String, _ key: String) -> JobState? {
    var tag: String?
    return untilAnswered { client, port in
      let waits = client.generator.chance(0.3)
      var headers: [String: String] = [:]
      if let tag, client.generator.chance(0.5) { headers["If-None-Match"] = tag }
      let began = ContinuousClock.now
      let answer = FaultClient.send(
        "GET", "/v1/edits/\(id)" + (waits ? "?wait=2" : ""), port: port, headers: headers)
      if answer?.status == 304, let sequence = tag.flatMap(Self.sequence) {
        client.note(key, began, .unchanged(id: id, sequence: sequence))
        return .again(after: 0.5)
      }
      guard let answer, answer.status == 200, let sighting = Self.sighting(answer) else {
        return client.refused(answer, key, began, id)
      }
      client.note(key, began, .job(sighting))
      tag = answer.headers["etag"]
      return sighting.state.isFinal
        ? .done(sighting.state) : .again(after: Double(answer.retryAfter ?? 1))
    }
  }

  private mutating func fetch(_ id: String, _ key: String) {
    let _: Bool? = untilAnswered { client, port in
      let began = ContinuousClock.now
      let answer = FaultClient.send("GET", "/v1/edits/\(id)/images/0", port: port)
      guard let answer, answer.status == 200 else { return client.refused(answer, key, began, id) }
      client.note(key, began, .picture(id: id, hash: SHA256.hexadecimal(of: answer.body)))
      return .done(true)
    }
  }

  /// All events of an ended job.
  mutating func replay(_ id: String, _ key: String) {
    let _: Bool? = untilAnswered { client, port in
      let began = ContinuousClock.now
      let answer = FaultClient.send("GET", "/v1/edits/\(id)/events", port: port)
      guard let answer, answer.status == 200 else { return client.refused(answer, key, began, id) }
      client.note(key, began, .events(id: id, Self.events(answer.body)))
      return .done(true)
    }
  }

  /// The ids of all jobs, page after page.
  mutating func list() -> [String] {
    var ids: [String] = []
    var cursor: String?
    repeat {
      let page: [String: Any]? = untilAnswered { client, port in
        let path = "/v1/edits?limit=100" + (cursor.map { "&cursor=\($0)" } ?? "")
        let answer = FaultClient.send("GET", path, port: port)
        guard let answer, answer.status == 200, let page = answer.json else {
          return .again(after: 0.5)
        }
        return .done(page)
      }
      ids += (page?["edits"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
      cursor = page?["next_cursor"] as? String
    } while cursor != nil
    return ids
  }

  // MARK: Trying

  private enum Try<Value> {
    case done(Value)
    case again(after: Double)
  }

  private mutating func untilAnswered<Value>(
    _ attempt: (inout JobClient, UInt16) -> Try<Value>
  ) -> Value? {
    while ContinuousClock.now < deadline {
      let port = ports[Int.random(in: 0..<ports.count, using: &generator)]
      switch attempt(&self, port) {
      case .done(let value): return value
      case .again(let seconds):
        usleep(UInt32(seconds * Double.random(in: 1...1.2, using: &generator) * 1e6))
      }
    }
    return nil
  }

  private mutating func refused<Value>(
    _ answer: FaultClient.Answer?, _ key: String, _ began: ContinuousClock.Instant,
    _ id: String? = nil
  ) -> Try<Value> {
    guard let answer else {
      note(key, began, .unanswered)
      return .again(after: Double.random(in: 0.1...0.6, using: &generator))
    }
    note(
      key, began,
      .refused(status: answer.status, tellsWhenToRetry: answer.retryAfter != nil, id: id))
    return .again(after: Double(answer.retryAfter ?? 1))
  }

  private func note(_ key: String, _ began: ContinuousClock.Instant, _ kind: Observation.Kind) {
    ledger.note(
      Observation(client: number, key: key, began: began, ended: .now, kind: kind))
  }

  // MARK: Reading

  private static func sighting(_ answer: FaultClient.Answer) -> Observation.Sighting? {
    guard let job = answer.json, let id = job["id"] as? String,
      let state = (job["state"] as? String).flatMap(JobState.init),
      let sequence = job["sequence"] as? Int, let attempt = job["attempt"] as? Int
    else { return nil }
    // The best stands first; the picture that is fetched is the first that was drawn.
    let candidates = job["candidates"] as? [[String: Any]]
    let first = candidates?.first { $0["index"] as? Int == 0 }
    return Observation.Sighting(
      id: id, state: state, sequence: Int64(sequence), attempt: attempt,
      picture: first?["sha256"] as? String)
  }

  /// Of `W/"7"` or, with a place in the queue, `W/"7-3"`.
  private static func sequence(of tag: String) -> Int64? {
    Int64(tag.drop { !$0.isNumber }.prefix { $0.isNumber })
  }

  private static func events(_ body: [UInt8]) -> [Observation.Event] {
    String(decoding: body, as: UTF8.self).components(separatedBy: "\n\n").compactMap { block in
      var fields: [String: String] = [:]
      for line in block.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { continue }
        fields[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
      }
      guard let sequence = fields["id"].flatMap({ Int64($0) }), let name = fields["event"] else {
        return nil
      }
      return Observation.Event(sequence: sequence, name: name)
    }
  }
}
