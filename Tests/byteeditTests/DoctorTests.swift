import Foundation
import JobStoreSQLite
import Jobs
import ServeSettings
import TestSupport
import Testing

@testable import byteedit

/// The kernel's files of another machine.
private final class FakeRoot {
  private let folder: ScratchFolder
  var path: String { folder.path }
  var files: SystemFiles { SystemFiles(root: path) }

  init(_ texts: [String: String]) throws {
    folder = try ScratchFolder()
    for (name, text) in texts { try folder.write(name, text) }
  }
}

@Suite struct `The doctor` {
  @Test func `reads the limits of control groups of both versions, the narrowest counts`() throws {
    let second = try FakeRoot([
      "/proc/self/cgroup": "0::/kube/pod\n", "/sys/fs/cgroup/kube/memory.max": "1073741824\n",
      "/sys/fs/cgroup/kube/pod/memory.max": "max\n",
      "/sys/fs/cgroup/kube/pod/cpu.max": "150000 100000\n",
      "/sys/fs/cgroup/kube/cpu.max": "max 100000\n",
    ])
    let limits = ControlGroupLimits(second.files)
    #expect(limits.memory == 1 << 30)
    #expect(limits.processors == 1.5)
    let first = try FakeRoot([
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ])
    #expect(ControlGroupLimits(first.files).memory == nil)
    #expect(ControlGroupLimits(first.files).processors == 2)
    let none = try FakeRoot([:])
    #expect(ControlGroupLimits(none.files).processors == nil)
  }

  @Test func `warns of more threads than the machine or its control group runs`() throws {
    var settings = ServeConfiguration()
    (settings.workers, settings.threads) = (2, 4)
    let free = try FakeRoot([:])
    #expect(
      MachineChecks(settings: settings, files: free.files, cores: 8).threads().status == .ok)
    #expect(
      MachineChecks(settings: settings, files: free.files, cores: 4).threads().status == .warning)
    let bound = try FakeRoot(["/sys/fs/cgroup/cpu.max": "200000 100000"])
    let finding = MachineChecks(settings: settings, files: bound.files, cores: 8).threads()
    #expect(finding.status == .warning)
    #expect(finding.advice?.contains("threads to 1") == true)
  }

  @Test func `warns of memory and descriptors that do not suffice`() throws {
    var settings = ServeConfiguration()
    let large = try FakeRoot([
      "/proc/meminfo": "MemTotal:       16000000 kB\nMemAvailable:   15000000 kB\n",
      "/proc/self/status": "Name: byteedit\nVmHWM:\t  300000 kB\n",
    ])
    let checks = LimitChecks(settings: settings, files: large.files)
    #expect(checks.memory().status == .ok)
    let small = try FakeRoot([
      "/proc/meminfo": "MemTotal:       16000000 kB\n", "/sys/fs/cgroup/memory.max": "536870912",
      "/proc/self/status": "VmHWM:\t  300000 kB\n",
    ])
    let finding = LimitChecks(settings: settings, files: small.files).memory()
    #expect(finding.status == .warning)
    #expect(finding.detail.contains("512 MiB allowed by the control group"))
    settings.maxConnections = 1000
    #expect(LimitChecks(settings: settings).descriptors(1024).status == .warning)
    #expect(LimitChecks(settings: settings).descriptors(4096).status == .ok)
  }

  @Test func `names a processor and the instructions that help`() throws {
    let root = try FakeRoot([
      "/proc/cpuinfo": "processor\t: 0\nmodel name\t: Tiny 1\nflags\t\t: fpu avx2 fma sse\n"
    ])
    let finding = MachineChecks(settings: .init(), files: root.files, cores: 2).processor()
    #expect(finding == .ok("cpu", "Tiny 1, 2 cores; avx2 fma"))
  }

  @Test func `tells a missing library`() throws {
    let root = try FakeRoot([
      "/proc/self/maps": "7f00-7f01 r-xp 0000 08:01 5 /usr/lib/libpng16.so.16.39.0\n"
    ])
    let finding = try #require(LibraryChecks(files: root.files).findings().first)
    #expect(finding.status == .failed)
    #expect(finding.detail.contains("libopenblas") && !finding.detail.contains("loaded: libpng"))
    #expect(LibraryChecks(files: root.files).file(of: "libpng") == "libpng16.so.16.39.0")
  }

  @Test func `looks at a data directory before, in and after its life`() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path
    var settings = ServeConfiguration()
    settings.dataDirectory = folder + "/data"
    func findings() -> [String: Finding] {
      Dictionary(
        DataDirectoryChecks(settings: settings).findings().map { ($0.check, $0) },
        uniquingKeysWith: { $1 })
    }
    #expect(findings().keys.sorted() == ["data directory"])
    #expect(findings()["data directory"]?.status == .ok)

    let store = try SQLiteJobStore(directory: settings.dataDirectory)
    let image = try await store.put([1, 2, 3], mediaType: "image/png")
    _ = try await store.submit(
      Submission(owner: "o", parameters: EditParameters(), seed: 1, image: image))
    let alive = findings()
    #expect(alive["jobs"]?.detail == "1 queued")
    #expect(alive["job store"]?.detail.contains("process \(getpid()) holds it") == true)
    #expect(alive["integrity"]?.status == .ok)
    #expect(alive["fsync"]?.detail.contains("median") == true)
    await store.close()

    let text = image.hash.text
    try FileManager.default.removeItem(
      atPath: "\(settings.dataDirectory)/blobs/\(text.prefix(2))/\(text)")
    #expect(findings()["integrity"]?.status == .failed)
    for name in ["jobs.sqlite", "jobs.sqlite-wal"] {
      try Data(repeating: 7, count: 8192).write(
        to: URL(fileURLWithPath: settings.dataDirectory + "/" + name))
    }
    #expect(findings()["job store"]?.status == .failed)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: settings.dataDirectory)
        .allSatisfy { !$0.hasPrefix(".doctor") })
    settings.dataDirectory += "/jobs.sqlite/data"
    #expect(findings()["data directory"]?.status == .failed)
  }

  @Test func `writes bytes in the unit that suits them`() {
    #expect(byteText(3) == "0.0 KiB" && byteText(1536) == "1.5 KiB")
    #expect(byteText(512 << 20) == "512 MiB" && byteText(3 << 29) == "1.5 GiB")
  }

  @Test func `reads files that do not tell their size to the end`() throws {
    let maps = try #require(SystemFiles().text("/proc/self/maps"))
    #expect(maps.contains("[stack]"))
    #expect(LibraryChecks().file(of: "libc.so") != nil)
  }

  @Test func `calls the whole as bad as its worst part`() throws {
    let diagnosis = Diagnosis([.ok("a", "fine"), .warning("bb", "hm", do: "this")])
    #expect(diagnosis.status == .warning)
    #expect(diagnosis.text.contains("-> this"))
    #expect(diagnosis.text.hasSuffix("0 failed, 1 warnings, 1 ok"))
    #expect(Diagnosis([.ok("a", ""), .failed("b", "", do: "")]).status == .failed)
    let json = try JSONText.encode(diagnosis)
    #expect(json.contains("\"status\":\"warning\"") && json.contains("\"advice\":\"this\""))
  }
}
