import Testing

@testable import Checkpoints

@Suite struct `A zip archive` {
  private static let pickle = PickleWriter.dictionary {
    $0.tensor([2, 3], strides: [3, 1], count: 6)
  }
  private static let zeros = [UInt8](repeating: 0, count: 24)

  private func archive(
    _ change: (inout ZipBytes) -> Void = { _ in }
  ) -> [UInt8] {
    var zip = ZipBytes(records: [
      ZipBytes.Record(name: "archive/data.pkl", data: Self.pickle),
      ZipBytes.Record(name: "archive/byteorder", data: Array("little".utf8)),
      ZipBytes.Record(name: "archive/data/0", data: Self.zeros),
      ZipBytes.Record(name: "archive/version", data: Array("3\n".utf8)),
    ])
    change(&zip)
    return zip.bytes
  }

  @Test func `is read with comments, with zip64 fields, and with records that nobody needs`() {
    #expect(torchFault(archive()) == nil)
    #expect(torchFault(archive { $0.comment = "a comment" }) == nil)
    #expect(torchFault(archive { $0.comment = "PK\u{5}\u{6} and what may follow it" }) == nil)
    #expect(torchFault(archive { $0.isLarge = true }) == nil)
    let code = ZipBytes.Record(name: "archive/code/x.py", data: [1, 2], method: 8)
    #expect(torchFault(archive { $0.records.append(code) }) == nil)
  }

  struct Change: Sendable {
    var reason: String
    var apply: @Sendable (inout ZipBytes) -> Void

    init(_ reason: String, _ apply: @escaping @Sendable (inout ZipBytes) -> Void) {
      (self.reason, self.apply) = (reason, apply)
    }
  }

  private static let changes: [Change] = [
    Change("compressed") { $0.records[0].method = 8 },
    Change("compressed") { $0.records[2].method = 8 },
    Change("encrypted") { $0.records[0].flags = 1 },
    Change("missing") { $0.records.remove(at: 2) },
    Change("listed twice") { $0.records.append($0.records[0]) },
    Change("no data.pkl") { $0.records.remove(at: 0) },
    Change("no data.pkl") { $0.records = [] },
    Change("no data.pkl") { $0.records[0].name = "data.pkl" },
    Change("no data.pkl") { $0.records[0].name = "a/b/data.pkl" },
    Change("more than one data.pkl") {
      $0.records.append(ZipBytes.Record(name: "other/data.pkl", data: []))
    },
    Change("big-endian") { $0.records[1].data = Array("big".utf8) },
    Change("big-endian") { $0.records[1].data = [] },
    Change("archive version") { $0.records[3].data = Array("11".utf8) },
    Change("archive version") { $0.records[3].data = Array("-1".utf8) },
    Change("archive version") { $0.records[3].data = [] },
    Change("no pickle") { $0.records[0].data = [] },
    Change("no pickle") { $0.records[0].data = [0x80] },
    Change("too early") { $0.records[0].data = [0x80, 2, 0x4E, 0x4E, 0x2E] },
    Change("23 bytes") { $0.records[2].data.removeLast() },
  ]

  @Test(arguments: changes)
  func `that is none of torch's is refused`(change: Change) {
    let fault = torchFault(archive(change.apply)) ?? "none"
    #expect(fault.contains(change.reason), "\(fault)")
  }

  /// Every field of the directory and of the end records takes extreme values.
  @Test(arguments: [false, true])
  func `with any field at its extremes is refused or harmless`(isLarge: Bool) {
    let sound = archive { $0.isLarge = isLarge }
    var refused = 0
    for place in 0..<sound.count - 8 {
      for value in [0, 0xFF, 0x7F, 0x80] as [UInt8] {
        for width in [1, 2, 4, 8] {
          var bytes = sound
          for offset in 0..<width { bytes[place + offset] = value }
          if torchFault(bytes) != nil { refused += 1 }
        }
      }
    }
    #expect(refused > sound.count)
  }
}
