import Foundation
import Tensors
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct `A torch checkpoint` {
  @Test func `of every kind is read as torch reads it`() throws {
    let expected = try SafetensorsFile(path: TorchGolden.path("expected.safetensors"))
    let sound = try TorchGolden.files().filter { $0.value.refused == nil }
    #expect(sound.count >= 15)
    for (name, golden) in sound {
      let file = try TorchCheckpoint(path: TorchGolden.path(name))
      #expect(file.format.rawValue == golden.format, "\(name)")
      let tensors = try #require(golden.tensors)
      // TorchScript writes attributes in an order of its own.
      let isOrdered = file.format != .torchScript
      #expect(isOrdered ? file.names == tensors.map(\.name) : true, "\(name)")
      #expect(file.names.sorted() == tensors.map(\.name).sorted(), "\(name)")
      for tensor in tensors {
        #expect(file.shape(of: tensor.name) == tensor.shape, "\(name): \(tensor.name)")
        #expect(file.type(of: tensor.name)?.rawValue == tensor.type, "\(name): \(tensor.name)")
        if file.type(of: tensor.name)?.isFloatingPoint == true {
          let (found, wanted) = (try file.tensor(tensor.name), try expected.tensor(tensor.name))
          #expect(found.shape == wanted.shape)
          #expect(
            found.values.map(\.bitPattern) == wanted.values.map(\.bitPattern),
            "\(name): \(tensor.name)")
        } else {
          let (found, wanted) = (try file.integers(tensor.name), try expected.integers(tensor.name))
          #expect(found == wanted, "\(name): \(tensor.name)")
        }
      }
    }
  }

  @Test func `that holds anything else is refused with the reason`() throws {
    let refused = try TorchGolden.files().filter { $0.value.refused != nil }
    #expect(refused.count >= 20)
    for (name, golden) in refused {
      let error = #expect(throws: CheckpointError.self, "\(name)") {
        try TorchCheckpoint(path: TorchGolden.path(name))
      }
      let message = error?.description ?? ""
      #expect(message.contains(golden.refused ?? "-") && message.contains(name), "\(message)")
    }
  }

  @Test func `gives its tensors again after their pages were discarded`() throws {
    let file = try TorchCheckpoint(path: TorchGolden.path("zip-2.pt"))
    let before = try file.tensor("permuted").values
    for name in file.names { file.discard(name) }
    file.discard("nowhere")
    #expect(try file.tensor("permuted").values == before)
  }

  @Test func `says what is wrong with a name or a type`() throws {
    let file = try TorchCheckpoint(path: TorchGolden.path("zip-2.pt"))
    for ask in [{ try file.tensor("I64") }, { try file.tensor("nowhere") }] {
      #expect(throws: CheckpointError.self) { try ask() }
    }
    for ask in [{ try file.integers("F32") }, { try file.integers("nowhere") }] {
      #expect(throws: CheckpointError.self) { try ask() }
    }
  }

  @Test(arguments: ["zip-4.pt", "script.pt", "legacy-4.pt", "numbered.pt"])
  func `that was cut off anywhere is refused`(name: String) throws {
    let bytes = try TorchGolden.bytes(name)
    #expect(torchFault(bytes) == nil)
    for count in 0..<bytes.count {
      #expect(torchFault(Array(bytes[..<count])) != nil, "\(count) bytes of \(name)")
    }
  }
}

@Suite struct `Any checkpoint file` {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @Test func `is known by its first bytes, whatever it is called`() throws {
    for (name, format) in [
      ("zip-3.pt", CheckpointFormat.torchZip), ("legacy-3.pt", .torchLegacy),
      ("script.pt", .torchScript),
    ] {
      let path = try folder.write("weights.bin", TorchGolden.bytes(name))
      let file = try #require(try CheckpointFile.open(path) as? TorchCheckpoint)
      #expect(file.format == format)
    }
    let path = try folder.write("weights.pt", TorchGolden.bytes("expected.safetensors"))
    #expect(try CheckpointFile.open(path) is SafetensorsFile)
  }

  @Test func `gives its weights to a store`() throws {
    let path = TorchGolden.path("wrapped-model.pt")
    var store = try WeightStore(checkpoint: path)
    #expect(store.unread == ["w.a", "w.b"])
    #expect(try store.take("w.a", shape: [2, 3]).values == [0, 1, 2, 3, 4, 5])
    let wrong = CheckpointError.wrongShape(path: path, tensor: "w.b", expected: [5], found: [4])
    #expect(throws: wrong) { try store.take("w.b", shape: [5]) }
    #expect(try store.takeAll().keys.sorted() == ["w.b"])
    try store.finish()
  }

  private static let others: [[UInt8]] = [
    [], [0x50, 0x4B], Array("a text that is no checkpoint".utf8), [0x80], [0x80, 1],
    [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0],
  ]

  @Test(arguments: others)
  func `of another kind is refused`(bytes: [UInt8]) throws {
    let path = try folder.write("weights.pt", bytes)
    let error = #expect(throws: CheckpointError.self) { try CheckpointFile.open(path) }
    #expect(error?.description.contains("nothing that torch wrote") == true)
  }

  @Test func `that is no file is refused`() {
    for path in ["\(folder.path)/absent.pt", folder.path, "/dev/null"] {
      #expect(throws: CheckpointError.self) { try CheckpointFile.open(path) }
    }
  }
}
