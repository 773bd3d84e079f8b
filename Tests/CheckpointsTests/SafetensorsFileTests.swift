import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct SafetensorsFileTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func fixture(_ name: String) throws -> SafetensorsFile {
    let resources = Bundle.module.resourceURL ?? URL(fileURLWithPath: ".")
    return try SafetensorsFile(path: resources.appendingPathComponent("Fixtures/\(name)").path)
  }

  /// Opens a file of this header and data and returns the error's case and message.
  private func fault(_ bytes: [UInt8]) throws -> String {
    let path = try folder.write("bad.safetensors", bytes)
    let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
    guard let error else { return "" }
    #expect(error.description.contains("bad.safetensors"), "\(error)")
    return "\(caseName(error)): \(error.description)"
  }

  // MARK: What is read

  @Test(arguments: ["F64", "F32", "F16", "BF16"])
  func `real numbers are read as the reference reads them`(type: String) throws {
    let expected = try fixture("expected.safetensors").tensor(type)
    let tensor = try fixture("types.safetensors").tensor(type)
    #expect(tensor.values.map(\.bitPattern) == expected.values.map(\.bitPattern))
  }

  @Test(arguments: ["I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL"])
  func `integers are read as the reference reads them`(type: String) throws {
    let expected = try fixture("expected.safetensors").integers(type)
    #expect(try fixture("types.safetensors").integers(type) == expected)
    #expect(throws: CheckpointError.self) { try fixture("types.safetensors").tensor(type) }
  }

  @Test func `scalars, empty tensors and metadata are read`() throws {
    let file = try fixture("types.safetensors")
    #expect(try file.tensor("scalar").values == [2.5])
    #expect(try file.tensor("scalar").shape == [])
    #expect(try file.tensor("empty").shape == [0, 3])
    #expect(file.metadata == ["made by": "safetensors"])
    #expect(throws: CheckpointError.self) { try file.integers("F32") }
    #expect(throws: CheckpointError.self) { try file.tensor("nowhere") }
  }

  @Test func `tensors are read whole, at any address, and again after their pages were discarded`()
    throws
  {
    let values = (0..<300_001).map { Float($0 % 2048) }
    let halves = values.flatMap { value in
      withUnsafeBytes(of: Float16(value).bitPattern) { Array($0) }
    }
    for padding in 0..<2 {
      let header =
        #"{"t":{"dtype":"F16","shape":[300001],"data_offsets":[0,600002]}}"#
        + String(repeating: " ", count: padding)
      let path = try folder.write("halves.safetensors", safetensors(header) + halves)
      let file = try SafetensorsFile(path: path)
      #expect(try file.tensor("t").values == values)
      file.discard("t")
      #expect(try file.tensor("t").values == values)
    }
  }

  // MARK: What is written

  @Test(arguments: [ElementType.f32, .f16, .bf16])
  func `what is written is read again`(type: ElementType) throws {
    let path = "\(folder.path)/written.safetensors"
    let tensors = [
      "a\"\\\n": Tensor([1, -2, 0.5, 0, 1.5, 96], shape: [2, 3]),
      "scalar": Tensor([3], shape: []), "empty": Tensor([], shape: [2, 0]),
    ]
    try SafetensorsWriter.write(tensors, to: path, as: type, metadata: ["k": "v\u{1}é"])
    let file = try SafetensorsFile(path: path)
    #expect(file.metadata == ["k": "v\u{1}é"])
    #expect(Set(file.names) == Set(tensors.keys))
    for (name, tensor) in tensors {
      #expect(try file.tensor(name).values == tensor.values)
      #expect(try file.tensor(name).shape == tensor.shape)
      #expect(file.entries[name]?.type == type)
    }
    #expect(file.entries.values.map(\.range.lowerBound).min().map { $0 % 64 } == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test func `rounding is to nearest even`() throws {
    let path = "\(folder.path)/rounded.safetensors"
    let tensor = Tensor([1.00048828125, 1.00146484375, 70000, 1e-8], shape: [4])
    try SafetensorsWriter.write(["t": tensor], to: path, as: .f16)
    #expect(try SafetensorsFile(path: path).tensor("t").values == [1, 1.001953125, .infinity, 0])
  }

  @Test func `what cannot be written is refused`() {
    let tensor = Tensor([1], shape: [1])
    for (name, path, type) in [
      ("t", "\(folder.path)/nowhere/x", ElementType.f32), ("t", "\(folder.path)/x", .i8),
      ("__metadata__", "\(folder.path)/x", .f32),
    ] {
      #expect(throws: CheckpointError.self) {
        try SafetensorsWriter.write([name: tensor], to: path, as: type)
      }
    }
  }

  // MARK: What is refused

  @Test func `files that are no files are refused`() throws {
    for path in ["\(folder.path)/absent", folder.path, "/dev/null", ""] {
      #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
    }
  }

  @Test(
    arguments: [
      ([UInt8](), "0 bytes are no header"), ([1, 0, 0, 0, 0, 0, 0], "7 bytes"),
      ([2, 0, 0, 0, 0, 0, 0, 0], "header of 2 bytes in a file of 8"),
      ([255, 255, 255, 255, 255, 255, 255, 255, 123], "header of 18446744073709551615"),
      ([255, 255, 255, 255, 255, 255, 255, 127, 123], "header of 9223372036854775807"),
      ([1, 0, 0, 0, 0, 0, 0, 0, 123], "header of 1 bytes"),
    ])
  func `a wrong header length is refused`(bytes: [UInt8], reason: String) throws {
    let fault = try fault(bytes)
    #expect(fault.contains("malformedHeader") && fault.contains(reason), "\(fault)")
  }

  @Test(
    arguments: [
      ("[]", "malformedHeader"), (" {}", "malformedHeader"), ("{\"a\"", "malformedJSON"),
      ("{} x", "malformedJSON"), ("{\"a\":1,\"a\":1}", "malformedJSON"),
      ("{\"__metadata__\":[]}", "unexpectedJSON"),
      ("{\"__metadata__\":{\"a\":1}}", "unexpectedJSON"),
      ("{\"__metadata__\":{},\"__metadata__\":{}}", "malformedJSON"),
    ])
  func `a header that is no object of tensors is refused`(header: String, kind: String) throws {
    let fault = try fault(safetensors(header))
    #expect(fault.contains(kind), "\(fault)")
  }

  @Test(
    arguments: [
      (#"1"#, "no object"), (#"{}"#, "no dtype"),
      (#"{"dtype":"F32","shape":[1]}"#, "data_offsets"),
      (#"{"dtype":"F32","data_offsets":[0,4]}"#, "shape"),
      (#"{"dtype":1,"shape":[1],"data_offsets":[0,4]}"#, "no dtype"),
      (#"{"dtype":"F4","shape":[1],"data_offsets":[0,4]}"#, "stored as F4"),
      (#"{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}"#, "shape"),
      (#"{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}"#, "shape"),
      (#"{"dtype":"F32","shape":"1","data_offsets":[0,4]}"#, "shape"),
      (#"{"dtype":"F32","shape":[1],"data_offsets":[0]}"#, "data_offsets"),
      (#"{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}"#, "data_offsets"),
      (#"{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}"#, "data_offsets"),
      (#"{"dtype":"F32","shape":[1],"data_offsets":[4,0]}"#, "ends before it begins"),
      (#"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, "4 bytes behind"),
      (#"{"dtype":"F32","shape":[2],"data_offsets":[0,4]}"#, "4 bytes for shape [2]"),
      (#"{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}"#, "overflows"),
      (
        #"{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}"#, "overflows"
      ),
      (#"{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}"#, "overflows"),
      (#"{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}"#, "behind"),
      (#"{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}"#, "unknown key"),
    ])
  func `a wrong tensor entry is refused by the tensor's name`(entry: String, reason: String) throws
  {
    let fault = try fault(safetensors("{\"the.tensor\":\(entry)}", data: 4))
    #expect(fault.contains("the.tensor") && fault.contains(reason), "\(fault)")
  }

  @Test(
    arguments: [
      ([0, 4, 2, 6], 6, "overlaps"), ([0, 4, 0, 4], 4, "overlaps"),
      ([0, 4, 5, 9], 9, "1 bytes before"),
      ([1, 5, 5, 9], 9, "1 bytes before"), ([0, 4, 4, 8], 10, "2 bytes after"),
    ])
  func `overlaps and holes are refused`(offsets: [Int], data: Int, reason: String) throws {
    let header = """
      {"a":{"dtype":"F32","shape":[1],"data_offsets":[\(offsets[0]),\(offsets[1])]},\
      "b":{"dtype":"F32","shape":[1],"data_offsets":[\(offsets[2]),\(offsets[3])]}}
      """
    let fault = try fault(safetensors(header, data: data))
    #expect(fault.contains("misplacedBytes") && fault.contains(reason), "\(fault)")
  }
}
