import Compute
import Foundation
import Locks
import Testing

@Suite struct ThreadTeamTests {
  @Test(arguments: [1, 2, 3, 8]) func `every index runs exactly once`(threads: Int) {
    let team = ThreadTeam(threads: threads)
    for count in [0, 1, 2, 7, 1_000] {
      let seen = Lock([Int](repeating: 0, count: count))
      team.forEach(count) { index in seen.withLock { $0[index] += 1 } }
      #expect(seen.withLock { $0 } == [Int](repeating: 1, count: count))
    }
  }

  @Test func `thread numbers stay below the team's size and never meet`() {
    let team = ThreadTeam(threads: 3)
    let busy = Lock([false, false, false])
    let clashes = Lock(0)
    team.forEach(300) { _, thread in
      let clash = busy.withLock { busy in
        defer { busy[thread] = true }
        return busy[thread]
      }
      if clash { clashes.withLock { $0 += 1 } }
      busy.withLock { $0[thread] = false }
    }
    #expect(clashes.withLock { $0 } == 0)
  }

  @Test func `more than one thread takes part`() {
    let team = ThreadTeam(threads: 2)
    let threads = Lock(Set<Int>())
    for _ in 0..<100 where threads.withLock({ $0.count < 2 }) {
      team.forEach(8) { _, thread in
        _ = threads.withLock { $0.insert(thread) }
        usleep(1_000)
      }
    }
    #expect(threads.withLock { $0 } == [0, 1])
  }

  @Test func `a loop inside a task runs inline`() {
    let team = ThreadTeam(threads: 2)
    let total = Lock(0)
    team.forEach(10) { _ in team.forEach(10) { _ in total.withLock { $0 += 1 } } }
    #expect(total.withLock { $0 } == 100)
  }

  @Test func `several threads take turns with one team`() {
    let team = ThreadTeam(threads: 2)
    let total = Lock(0)
    let group = DispatchGroup()
    for _ in 0..<4 {
      DispatchQueue.global().async(group: group) {
        for _ in 0..<200 { team.forEach(5) { _ in total.withLock { $0 += 1 } } }
      }
    }
    group.wait()
    #expect(total.withLock { $0 } == 4_000)
  }

  @Test func `sleeping workers wake up, and a team ends its threads`() throws {
    let before = try threadCount()
    for _ in 0..<20 {
      let team = ThreadTeam(threads: 4)
      team.forEach(4) { _ in }
      usleep(3_000)
      let total = Lock(0)
      team.forEach(100) { index in total.withLock { $0 += index } }
      #expect(total.withLock { $0 } == 4_950)
    }
    #expect(try threadCount() < before + 40)
  }

  private func threadCount() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
  }

  @Test func `the bound team is the current one`() {
    let team = ThreadTeam(threads: 5)
    ThreadTeam.$current.withValue(team) { #expect(ThreadTeam.current === team) }
    #expect(ThreadTeam.current === ThreadTeam.shared)
  }
}
