import Testing

@testable import Checkpoints

/// Reads a pickle in an archive with one storage of six floats.
private func fault(_ writer: PickleWriter) -> String? { fault(writer.ended) }

private func fault(_ pickle: [UInt8]) -> String? {
  torchFault(torchArchive(pickle, storages: ["0": [UInt8](repeating: 0, count: 24)]))
}

@Suite struct `The unpickler` {
  @Test func `reads what the writer of these tests writes`() {
    let pickle = PickleWriter.dictionary { $0.tensor([2, 3], strides: [3, 1], count: 6) }
    #expect(fault(pickle) == nil)
  }

  // MARK: Names

  private static let names: [(String, String)] = [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("builtins", "getattr"),
    ("builtins", "exec"), ("__builtin__", "eval"), ("nt", "system"), ("subprocess", "Popen"),
    ("torch", "load"), ("torch._utils", "_rebuild_qtensor"), ("torch.hub", "load"),
    ("torch", "FloatStorage.from_file"), ("torch.serialization", "load"), ("torch", ""),
    ("", "torch.FloatStorage"), ("collections", "OrderedDict.fromkeys"),
    ("collections", "Counter"), ("__torch__", "Module"), ("torch.jit._pickle", "build_intlist"),
    ("numpy", "load"), ("torch._utils._rebuild_tensor_v2", "__globals__"),
    ("torch.storage", "_load_from_bytes"),
  ]

  @Test(arguments: names)
  func `refuses every name that is on no list`(module: String, name: String) {
    let called = PickleWriter().global(module, name).put(")R")
    let stacked = PickleWriter(version: 4).text(module).text(name).put(0x93).put(")R")
    let member = PickleWriter.dictionary { $0.global(module, name) }
    for pickle in [called.ended, stacked.ended, member] {
      let fault = fault(pickle) ?? "none"
      #expect(fault.contains("asks for \(module).\(name)"), "\(fault)")
    }
  }

  @Test(arguments: ["FloatStorage", "float32", "Size"])
  func `makes no instances and calls no classes`(name: String) {
    let global = PickleWriter().global("torch", name)
    #expect(fault(global.put(")").put(0x81)) != nil)
    #expect(fault(global.put(")R")) != nil)
    #expect(fault(global.put("}b")) != nil)
  }

  // MARK: Operations

  @Test func `refuses operations that torch never writes`() {
    let known = Set((UInt8.min...UInt8.max).filter { PickleOpcode(rawValue: $0) != nil })
    #expect(known.count == 42)
    for code in UInt8.min...UInt8.max where !known.contains(code) {
      let fault = fault(PickleWriter().put(code).bytes) ?? "none"
      #expect(fault.contains("none that torch writes"), "\(code): \(fault)")
    }
  }

  /// Every operation without anything on the stack, under a mark, and without its arguments.
  @Test func `refuses operations without their values`() {
    for code in UInt8.min...UInt8.max {
      for start in ["", "(", "N", "(N", "}", "]", ")", "N(", "NN", "](N", "})", "](", "}(N"] {
        let writer = PickleWriter().put(start).put(code)
        #expect(fault(writer.bytes) != nil)
        #expect(fault(writer) != nil)
      }
    }
  }

  private static let absurd: [([UInt8], String)] = [
    ([0x58, 255, 255, 255, 255], "4294967295 bytes"), ([0x54, 255, 255, 255, 127], "bytes are"),
    ([0x8D, 255, 255, 255, 255, 255, 255, 255, 255], "18446744073709551615 bytes"),
    ([0x8D, 255, 255, 255, 255, 255, 255, 255, 127], "9223372036854775807 bytes"),
    ([0x8B, 255, 255, 255, 255], "4294967295 bytes"), ([0x8B, 0, 0, 0, 128], "2147483648 bytes"),
    ([0x8A, 255, 1], "255 bytes"), ([0x95, 255, 255, 255, 255, 255, 255, 255, 255], "frame"),
    ([0x55, 200, 65], "200 bytes"), ([0x8C, 3, 0xC3, 0x28, 65], "not UTF-8"),
    ([0x68, 7], "remembered as 7"), ([0x6A, 255, 255, 255, 255], "remembered as 4294967295"),
    ([0x80, 6], "protocol 6"), ([0x80, 1], "protocol 1"), ([0x63, 111, 115], "line without"),
  ]

  @Test(arguments: absurd)
  func `refuses lengths and places that cannot be`(operation: [UInt8], reason: String) {
    let fault = fault(PickleWriter().put(bytes: operation)) ?? "none"
    #expect(fault.contains(reason), "\(fault)")
  }

  private static let numbers: [([UInt8], Int)] = [
    ([0x8A, 0], 0), ([0x8A, 1, 0xFF], -1), ([0x8A, 2, 0, 0x80], -32768),
    ([0x8A, 8, 0, 0, 0, 0, 0, 0, 0, 0x80], Int.min), ([0x8B, 1, 0, 0, 0, 127], 127),
    ([0x4A, 0xFE, 0xFF, 0xFF, 0xFF], -2), ([0x4B, 200], 200), ([0x4D, 1, 2], 513),
  ]

  @Test(arguments: numbers)
  func `reads numbers of every length`(operation: [UInt8], value: Int) throws {
    let pickle = PickleWriter().put(bytes: operation).ended
    let read = try pickle.withUnsafeBytes { bytes in
      var unpickler = Unpickler(bytes, 0..<bytes.count, dialect: .torchSave)
      return try unpickler.load()
    }
    #expect(read == .integer(value))
  }

  // MARK: Bombs

  @Test func `takes nesting of any depth`() {
    let opened = String(repeating: "]", count: 200_000)
    let lists = PickleWriter().put(opened).put(String(repeating: "a", count: 199_999))
    #expect(fault(lists)?.contains("a list") == true)
    let tuples = PickleWriter().put("N").put(bytes: [UInt8](repeating: 0x85, count: 200_000))
    #expect(fault(tuples)?.contains("a tuple") == true)
    #expect(fault(PickleWriter().put(String(repeating: "(", count: 200_000))) != nil)
    let keys = String(repeating: "}K\u{1}", count: 500)
    let dictionaries = PickleWriter().put(keys).put("}").put(String(repeating: "s", count: 500))
    #expect(fault(dictionaries)?.contains("deeper") == true)
  }

  @Test func `refuses a dictionary that holds itself`() {
    #expect(fault(PickleWriter().put("}q\u{0}K\u{1}h\u{0}s"))?.contains("without end") == true)
    let wrapper = PickleWriter().put("}q\u{0}").text("model").put("h\u{0}s")
    #expect(fault(wrapper)?.contains("without end") == true)
  }

  /// Every level holds the one before it twice, so that the last has 2^30 members in all.
  @Test func `refuses dictionaries that double and double`() {
    var writer = PickleWriter().put("}(K\u{0}}q\u{0}")
    for level in UInt8(1)...30 {
      writer = writer.put("K").put(level).put("}q").put(level)
      writer = writer.put("(K\u{1}h").put(level - 1).put("K\u{2}h").put(level - 1).put("u")
    }
    let fault = fault(writer.put("u")) ?? "none"
    #expect(fault.contains("without end"), "\(fault)")
  }

  @Test func `refuses an ordered dictionary copied again and again`() {
    func copies(_ count: Int) -> String? {
      var writer = PickleWriter().put("}(K\u{0}](")
      for _ in 0..<1000 { writer = writer.put("K\u{1}K\u{1}").put(0x86) }
      writer = writer.put("e").put(0x85).put("q\u{0}")
      for _ in 0..<count {
        writer = writer.put("K\u{1}").global("collections", "OrderedDict").put("h\u{0}R")
      }
      return fault(writer.put("u"))
    }
    #expect(copies(3)?.contains("without tensors") == true)
    #expect(copies(100)?.contains("without end") == true)
  }
}

@Suite struct `A pickled tensor` {
  struct Described: Sendable {
    var shape: [Int] = [1]
    var strides: [Int] = [1]
    var offset = 0
    var count = 6
  }

  private static let outside: [Described] = [
    Described(shape: [2, 3], strides: [3, 1], count: 7), Described(shape: [7]),
    Described(shape: [2, 3], strides: [3, 1], offset: 1), Described(offset: 6),
    Described(shape: [2], strides: [6]), Described(shape: [-1]),
    Described(shape: [2], strides: [-1], offset: 1), Described(shape: [2], offset: -1),
    Described(shape: [2, 3]), Described(offset: .max),
    Described(shape: [2], strides: [.max], offset: 1), Described(shape: [.max], strides: [0]),
    Described(shape: [1 << 32, 1 << 32], strides: [0, 0]),
    Described(shape: [1 << 32, 1 << 32, 0], strides: [0, 0, 0]), Described(count: -1),
    Described(count: .max), Described(shape: [1 << 40], strides: [0]),
    Described(shape: [1 << 23], strides: [0]),
    Described(
      shape: [Int](repeating: 1, count: 17), strides: [Int](repeating: 1, count: 17)),
  ]

  @Test(arguments: outside)
  func `that leaves its storage or memory is refused`(tensor: Described) {
    let pickle = PickleWriter.dictionary {
      $0.tensor(
        tensor.shape, strides: tensor.strides, offset: tensor.offset, count: tensor.count)
    }
    #expect(fault(pickle) != nil)
  }

  @Test func `may have any stride along axes of one`() {
    let pickle = PickleWriter.dictionary {
      $0.tensor([1, 2, 1, 3], strides: [.max, 1, .max, 2], offset: 0, count: 6)
    }
    #expect(fault(pickle) == nil)
  }

  @Test func `that repeats a storage without end with others is refused`() {
    let body = (0..<64).reduce(PickleWriter().put("}(")) {
      $0.text("w\($1)").tensor([1 << 20], strides: [0], count: 6)
    }
    let fault = fault(body.put("u")) ?? "none"
    #expect(fault.contains("too often"), "\(fault)")
  }

  @Test func `with arguments of other kinds is refused`() {
    let rebuild = PickleWriter().global("torch._utils", "_rebuild_tensor_v2")
    let typed = PickleWriter().global("torch._utils", "_rebuild_tensor_v3")
    let parameter = PickleWriter().global("torch._utils", "_rebuild_parameter")
    let size = PickleWriter().global("torch", "Size")
    let ordered = PickleWriter().global("collections", "OrderedDict")
    let stored = rebuild.put("(").storage(count: 6)
    let few = stored.integer(0).integers([1]).integers([1]).put("NtR")
    let pickles = [
      rebuild.put(")R"), rebuild.put("(NNNNNNtR"), rebuild.put("NR"), rebuild.put("]R"),
      stored.put("N))NNtR"), stored.put("K\u{0}](NeNNNtR"), few, size.put(")R"),
      parameter.put(")R"), ordered.put("(K\u{1}tR"), ordered.put("(](K\u{1}etR"),
      typed.put("(NNNNNNNtR"),
    ]
    for pickle in pickles {
      #expect(fault(pickle)?.contains("is damaged at byte") == true, "\(pickle.bytes)")
    }
  }

  @Test(
    arguments: [
      "NQ", "]Q", ")Q", "(NNNNNtQ", "(U\u{7}storageU\u{1}aU\u{1}0U\u{3}cpuK\u{6}tQ",
      "(U\u{7}storagectorch\nFloatStorage\nK\u{0}U\u{3}cpuK\u{6}tQ",
      "(U\u{7}storagectorch\nFloatStorage\nU\u{1}0NK\u{6}tQ",
      "(U\u{7}storagectorch\nfloat32\nU\u{1}0U\u{3}cpuK\u{6}tQ",
      "(U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpuU\u{1}6tQ",
      "(U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpuK\u{6}(U\u{1}vK\u{5}K\u{2}ttQ",
    ])
  func `on a persistent id that names no storage is refused`(operations: String) {
    let fault = fault(PickleWriter().put(operations)) ?? "none"
    #expect(fault.contains("persistent id") || fault.contains("view"), "\(fault)")
  }

  @Test func `whose storage is not there in full is refused`() {
    let other = PickleWriter.dictionary {
      $0.tensor([1], strides: [1], count: 6, key: "../../etc")
    }
    #expect(fault(other)?.contains("data/../../etc is missing") == true)
    let longer = PickleWriter.dictionary { $0.tensor([6], strides: [1], count: 7) }
    #expect(fault(longer)?.contains("24 bytes for a storage of 7 elements") == true)
  }
}
