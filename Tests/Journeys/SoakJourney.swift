import Foundation
import Synchronization
import TestSupport
import Testing

/// 200 mixed requests at concurrency 16 with random disconnects and cancels, three times.
@Suite(.serialized)
struct SoakJourney {
  @Test func `every accepted job ends once, and neither memory nor descriptors grow`() throws {
    let scratch = try ScratchFolder()
    let server = try Server(
      dataDirectory: scratch.path + "/data", arguments: ["--queue-limit", "400"])
    var footprints: [(residentKiB: Int, descriptors: Int)] = []
    for round in 0..<3 {
      let accepted = try run(round: UInt64(round), against: server)
      #expect(accepted.count >= 100)
      try expectFinal(accepted, on: server)
      usleep(500_000)
      footprints.append(try server.footprint())
    }
    let memory = "resident KiB after each round: \(footprints.map(\.residentKiB))"
    #expect(
      Double(footprints[2].residentKiB) <= 1.05 * Double(footprints[1].residentKiB), "\(memory)")
    // The store opens up to five readers, two files each, as they are first needed; a round hangs
    // up on 40 connections, so a descriptor lost at each would show.
    let open = "descriptors after each round: \(footprints.map(\.descriptors))"
    #expect(footprints[2].descriptors <= footprints[1].descriptors + 10, "\(open)")
    #expect(server.terminate() == 0)
  }

  /// Sends 200 requests from 16 threads; returns the ids of the jobs that were accepted.
  private func run(round: UInt64, against server: Server) throws -> [String] {
    let client = Client(port: server.port)
    let image = try Picture.scene()
    let mask = try Picture.mask()
    let accepted = Mutex<[String]>([])
    let next = Atomic<Int>(0)
    let failures = Mutex<[String]>([])
    inParallel(16) {
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < 200 else { return }
        do {
          if let identifier = try act(
            index, seed: round * 200 + UInt64(index), client: client, image: image, mask: mask)
          {
            accepted.withLock { $0.append(identifier) }
          }
        } catch {
          failures.withLock { $0.append("\(index): \(error)") }
        }
      }
    }
    let failed = failures.withLock { $0 }
    #expect(failed.isEmpty, "\(failed.prefix(5))")
    return accepted.withLock { $0 }
  }

  /// One of: submit, submit and cancel, hang up in the middle of the body, hang up while waiting,
  /// a bad request, a read.
  private func act(
    _ index: Int, seed: UInt64, client: Client, image: [UInt8], mask: [UInt8]
  ) throws -> String? {
    let fields = ["prompt": "a tree", "seed": "\(seed)", "steps": "1"]
    let files = ["image": image, "mask": mask]
    switch index % 10 {
    case 0:
      let (type, body) = Client.form(fields: fields, files: files)
      let head = Client.head(
        "POST", "/v1/edits", headers: ["Content-Type": type], length: body.count)
      try client.sendAndHangUp(head + body.prefix(body.count / 2))
      return nil
    case 1:
      let (type, body) = Client.form(fields: fields, files: files)
      let head = Client.head(
        "POST", "/v1/edits", headers: ["Content-Type": type, "Prefer": "wait=30"],
        length: body.count)
      try client.sendAndHangUp(head + body)
      return nil
    case 2:
      #expect(try client.get("/v1/edits?limit=5").status == 200)
      #expect(try client.get("/v1/edits/edit_nothing").status == 404)
      return nil
    case 3:
      #expect(try client.post("/v1/edits", fields: ["prompt": "x"], files: [:]).status == 400)
      return nil
    default:
      let answer = try client.post("/v1/edits", fields: fields, files: files)
      #expect(answer.status == 202)
      let identifier = try #require(try answer.json()["id"] as? String)
      if index % 10 == 4 { _ = try client.delete("/v1/edits/\(identifier)") }
      return identifier
    }
  }

  private func expectFinal(_ jobs: [String], on server: Server) throws {
    let client = Client(port: server.port)
    for identifier in jobs {
      var state = ""
      for _ in 0..<60 {
        let job = try client.get("/v1/edits/\(identifier)?wait=10").json()
        state = job["state"] as? String ?? ""
        if state == "succeeded" || state == "canceled" { break }
      }
      #expect(state == "succeeded" || state == "canceled", "\(identifier) is \(state)")
    }
  }

  /// Runs the same work on threads of its own; Dispatch would give no more than the cores.
  private func inParallel(_ count: Int, _ work: @escaping @Sendable () -> Void) {
    let group = DispatchGroup()
    for _ in 0..<count {
      group.enter()
      Thread {
        work()
        group.leave()
      }.start()
    }
    group.wait()
  }
}
