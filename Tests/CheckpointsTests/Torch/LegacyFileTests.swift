import Testing

@testable import Checkpoints

@Suite struct `A legacy torch file` {
  private static let magic: [UInt8] = [
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]
  private static let version: [UInt8] = [0x80, 2, 0x4D, 0xE9, 3, 0x2E]

  private static func machine(isLittle: Bool = true) -> [UInt8] {
    PickleWriter().put("}").text("little_endian").put(isLittle ? 0x88 : 0x89).put("s").ended
  }

  private static let object = PickleWriter.dictionary {
    $0.tensor([2, 3], strides: [1, 2], count: 6)
  }
  private static let keys = PickleWriter().put("]").text("0").put("a").ended
  private static let storage = little(6, 8) + [UInt8](repeating: 1, count: 24)

  @Test func `is read`() {
    #expect(torchFault(Self.file()) == nil)
  }

  /// A whole file, some of its parts replaced.
  private static func file(
    magic: [UInt8] = magic, version: [UInt8] = version, machine: [UInt8] = machine(),
    object: [UInt8] = object, storages: [UInt8] = keys + storage
  ) -> [UInt8] {
    [magic, version, machine, object, storages].flatMap { $0 }
  }

  /// Python 2 wrote texts as bytes and ordered dictionaries as lists of pairs.
  @Test func `of Python 2, with storages of a device, is read`() {
    let storage = "(U\u{7}storagectorch.cuda\nFloatStorage\nU\u{1}0U\u{6}cuda:0K\u{6}NtQ"
    let layout = "K\u{0}(K\u{2}K\u{3}t(K\u{3}K\u{1}t"
    let tensor = "ctorch._utils\n_rebuild_tensor\n(\(storage)\(layout)tR"
    let object = PickleWriter().put("ccollections\nOrderedDict\n(](](U\u{1}w\(tensor)eetR")
    #expect(torchFault(Self.file(object: object.ended)) == nil)
  }

  /// Several tensors over one storage were saved as views of it.
  @Test func `with a view on a storage is read at the view's place`() throws {
    let view = "(U\u{7}storagectorch\nByteStorage\nU\u{1}0U\u{3}cpuK\u{8}(U\u{1}vK\u{5}K\u{2}ttQ"
    let object = PickleWriter.dictionary {
      let start = $0.global("torch._utils", "_rebuild_tensor_v2").put("(").put(view)
      return start.integer(1).integers([1]).integers([1]).put(0x89).put("NtR")
    }
    let stored: [UInt8] = [10, 11, 12, 13, 14, 15, 16, 17]
    let bytes = Self.file(object: object, storages: Self.keys + little(8, 8) + stored)
    try bytes.withUnsafeBytes { file in
      let index = try TorchIndex(file: file, path: "view.pt")
      #expect(index.withElements("w", in: file) { bytes, _ in Array(bytes) } == [16])
    }
  }

  private static let faults: [(String, [UInt8])] = [
    ("none that torch.save wrote", file(magic: version)), ("1001", file(version: magic)),
    ("big-endian", file(machine: machine(isLittle: false))), ("big-endian", file(machine: version)),
    ("no list", file(storages: version + storage)),
    ("no tensor names", file(storages: storages(["1"]))),
    ("there twice", file(storages: storages(["0", "0"]))),
    ("are missing", file(storages: storages([]))),
    ("behind the last", file() + [0]),
    ("7 elements", file(storages: keys + little(7, 8) + storage)),
    ("announced", file(storages: keys + storage.dropLast())),
    ("no pickle", magic + version + machine()), ("no pickle", magic),
  ]

  @Test(arguments: faults)
  func `that is none is refused`(reason: String, bytes: [UInt8]) {
    let fault = torchFault(bytes) ?? "none"
    #expect(fault.contains(reason), "\(fault)")
  }

  /// The list of keys and as many storages.
  private static func storages(_ keys: [String]) -> [UInt8] {
    let list = keys.reduce(PickleWriter().put("](")) { $0.text($1) }.put("e")
    return list.ended + keys.flatMap { _ in storage }
  }
}
