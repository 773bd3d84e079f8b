import Foundation
import Glibc
import JobStoreSQLite
import Jobs
import ServeSettings

/// The data directory: permissions, room, speed, and the job store in it.
struct DataDirectoryChecks {
  let settings: ServeConfiguration

  private var directory: String { settings.dataDirectory }

  func findings() -> [Finding] {
    guard ModelLocator.isFolder(directory) else { return [missing()] }
    let permissions = self.permissions()
    guard permissions.status != .failed else { return [permissions] }
    return [permissions, space(), disk()] + store()
  }

  /// A first start makes the folder, if it may.
  private func missing() -> Finding {
    var parent = URL(fileURLWithPath: directory).deletingLastPathComponent()
    while access(parent.path, F_OK) != 0, errno == ENOENT, parent.path != "/" {
      parent.deleteLastPathComponent()
    }
    guard ModelLocator.isFolder(parent.path), access(parent.path, W_OK | X_OK) == 0 else {
      return .failed(
        "data directory", "\(directory) is not there, and \(parent.path) cannot be written",
        do: "make it, owned by the user of the service (id \(getuid())), or set data_dir")
    }
    return .ok("data directory", "\(directory) is not there yet: the first start makes it")
  }

  private func permissions() -> Finding {
    var status = stat()
    guard stat(directory, &status) == 0, access(directory, R_OK | W_OK | X_OK) == 0 else {
      return .failed(
        "data directory", "\(directory) cannot be read and written by user \(getuid())",
        do: "chown it to the user of the service")
    }
    let mode = String(status.st_mode & 0o777, radix: 8)
    let detail = "\(directory), mode \(mode), owner \(status.st_uid)"
    guard status.st_mode & 0o007 != 0 else { return .ok("data directory", detail) }
    return .warning(
      "data directory", detail + ": other users may look at pictures",
      do: "chmod 700 \(directory)")
  }

  private func space() -> Finding {
    var status = statvfs()
    guard statvfs(directory, &status) == 0 else {
      return .failed(
        "disk space", "not known: \(String(cString: strerror(errno)))", do: "check the mount")
    }
    let free = Int(status.f_bavail) * Int(status.f_frsize)
    let total = Int(status.f_blocks) * Int(status.f_frsize)
    let detail = "\(byteText(free)) of \(byteText(total)) free"
    let advice =
      "free some, or keep results for a shorter time (retention_hours, data_quota_mib)"
    if free < 100 << 20 { return .failed("disk space", detail, do: advice) }
    if free < 1 << 30 { return .warning("disk space", detail, do: advice) }
    return .ok("disk space", detail)
  }

  /// What an accepted job waits for: a few of these calls.
  private func disk() -> Finding {
    guard let times = DiskProbe(directory: directory).times() else {
      return .failed(
        "fsync", "a file in \(directory) cannot be written: \(String(cString: strerror(errno)))",
        do: "check room, quota and mount options")
    }
    let median = times[times.count / 2]
    let detail = String(
      format: "median %.2f ms, slowest %.2f ms of \(times.count)", median, times.last ?? median)
    guard median > 50 else { return .ok("fsync", detail) }
    return .warning(
      "fsync", detail, do: "put the data directory on a faster disk: each job waits for several")
  }

  private func store() -> [Finding] {
    guard FileManager.default.fileExists(atPath: directory + "/jobs.sqlite") else {
      return [.ok("job store", "none yet: the first start makes it")]
    }
    do {
      return findings(of: try StoreInspection(directory: directory))
    } catch {
      return [.failed("job store", error.description, do: advice(for: error))]
    }
  }

  private func advice(for error: JobStoreError) -> String {
    switch error {
    case .newerSchema: "run the version that wrote it, or a newer one"
    case .olderSchema: "start the service once: it brings the schema up to date"
    case .corrupt: "stop the service and restore a backup"
    default: "check that jobs.sqlite and its folder can be read and written"
    }
  }

  private func findings(of store: StoreInspection) -> [Finding] {
    let holder =
      switch store.holder {
      case nil: "no process holds it"
      case 0?: "a process of another PID namespace holds it"
      case let process?: "process \(process) holds it"
      }
    let opened = Finding.ok(
      "job store",
      "schema \(store.schema), SQLite \(store.sqliteVersion), \(byteText(store.bytes)); \(holder)")
    let counts = JobState.allCases.compactMap { state in
      store.jobs[state].map { "\($0) \(state.rawValue)" }
    }
    return [
      opened, integrity(store),
      .ok("jobs", counts.isEmpty ? "none" : counts.joined(separator: ", ")),
    ]
  }

  private func integrity(_ store: StoreInspection) -> Finding {
    if let fault = store.faults.first {
      return .failed(
        "integrity", "\(store.faults.count) faults, the first: \(fault)",
        do: "stop the service and restore a backup")
    }
    guard store.damagedPictures == 0 else {
      return .failed(
        "integrity",
        "\(store.damagedPictures) of \(store.pictures) pictures are missing or of another length",
        do: "restore blobs/ from a backup; their jobs fail or answer 410 until then")
    }
    return .ok("integrity", "database sound, \(store.pictures) pictures there")
  }
}

/// Times writes that reach the disk.
struct DiskProbe {
  let directory: String

  /// Milliseconds of writing and fsyncing 4 KiB, ascending; `nil` (see errno) where that fails.
  func times(rounds: Int = 15) -> [Double]? {
    let path = "\(directory)/.doctor-\(getpid())"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    defer {
      close(descriptor)
      unlink(path)
    }
    let block = [UInt8](repeating: 0x5a, count: 4096)
    var times: [Double] = []
    for _ in 0..<rounds {
      let start = ContinuousClock.now
      guard write(descriptor, block, block.count) == block.count, fsync(descriptor) == 0 else {
        return nil
      }
      times.append(start.duration(to: .now) / .milliseconds(1))
    }
    return times.sorted()
  }
}
