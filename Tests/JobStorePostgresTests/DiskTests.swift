import Foundation
import JobStoreBench
import JobStorePostgres
import Jobs
import Testing

/// A small file system in memory, for a tablespace that can be full; needs to be root.
private final class SmallDisk {
  let path: String

  /// Whether this process may mount; asked by doing it.
  static let isPossible: Bool = (try? SmallDisk(mebibytes: 1)) != nil

  init(mebibytes: Int) throws {
    path = "/tmp/byteedit-disk-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    do {
      try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(mebibytes)m,mode=0777", "tmpfs", path])
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw error
    }
  }

  func grow(toMebibytes mebibytes: Int) throws {
    try Self.run("mount", ["-o", "remount,size=\(mebibytes)m", path])
  }

  deinit {
    try? Self.run("umount", ["--lazy", path])
    try? FileManager.default.removeItem(atPath: path)
  }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/" + program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Unexpected("\(program) ended with \(process.terminationStatus)")
    }
  }
}

@Suite(.timeLimit(.minutes(3))) struct `A database on a full disk` {
  @Test(
    .enabled(
      if: SmallDisk.isPossible,
      "NOT TESTED: a disk is filled by mounting a small one, which only root may"))
  func `refuses what has no room, keeps what it promised, and goes on when there is room`()
    async throws
  {
    let disk = try SmallDisk(mebibytes: 48)
    let cluster = try PostgresCluster()
    let folder = disk.path + "/space"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    chmod(folder, 0o777)
    if getuid() == 0, let owner = getpwnam("postgres") {
      chown(folder, owner.pointee.pw_uid, owner.pointee.pw_gid)
    }
    _ = try cluster.query("CREATE TABLESPACE small LOCATION '\(folder)'")
    try await withDatabase(on: cluster) { url, cluster in
      let name = try #require(url.split(separator: "?").first?.split(separator: "/").last)
      _ = try cluster.query("ALTER DATABASE \(name) SET TABLESPACE small")
      let store = try await PostgresJobStore(address: try PostgresAddress(url))
      let bench = Bench(store)
      let promised = try await bench.accept([1, 2, 3])
      let picture = { (number: Int) in [UInt8](repeating: UInt8(number), count: 4 << 20) }
      var kept = 0
      let error = await #expect(throws: JobStoreError.self) {
        for number in 0..<32 {
          _ = try await store.put(picture(number), mediaType: "image/png")
          kept += 1
        }
      }
      #expect(error == .diskFull)
      #expect(kept > 0 && kept < 32)
      // Nothing is there by halves, and the sessions work on.
      await #expect(throws: JobStoreError.blobMissing(try BlobHash(of: picture(kept)))) {
        try await store.read(BlobHash(of: picture(kept)))
      }
      #expect(try await store.read(promised.image.hash) == [1, 2, 3])
      #expect(try await bench.job(promised.id) == promised)
      try disk.grow(toMebibytes: 256)
      let claimed = try await bench.claim()
      let result = try await bench.result(picture(kept))
      #expect(
        try await store.finish(claimed.lease, .succeeded(result)) == .written(.succeeded))
      #expect(try await store.read(BlobHash(of: picture(kept))).count == 4 << 20)
      await store.close()
    }
    _ = try? cluster.query("DROP TABLESPACE small")
  }
}
