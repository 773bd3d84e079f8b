import Checkpoints
import Compute
import Foundation
import Models
import Tensors
import Testing

private let measured = ProcessInfo.processInfo.environment["BYTEEDIT_TILING_MODEL"]

/// Autoencoders in strips against the same in one piece.
@Suite struct AutoencoderTilingTests {
  private func model(_ name: String) throws -> AutoencoderKL {
    let fixture = try Fixture(name)
    return try AutoencoderKL(
      configuration: try AutoencoderConfiguration(try fixture.members(), path: "config.json"),
      weights: try WeightStore(folder: fixture.path, naming: .autoencoder))
  }

  private func noise(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var generator = TorchGenerator(seed: seed)
    return generator.normal(shape: shape)
  }

  private func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
    guard a.shape == b.shape else { return .infinity }
    return zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
  }

  /// Strips of the least height, so that every level but the smallest is cut.
  private let finest = AutoencoderTiling(rowsPerStrip: 8)

  @Test(arguments: ["vae-sd", "vae-embedded", "vae-legacy"])
  func `strips give what one piece gives, at their borders too`(name: String) throws {
    let model = try model(name)
    let factor = model.downsamplingFactor
    let image = noise([2, 17 * factor, 5 * factor, 3], 1)
    let latent = noise([2, 17, 5, model.configuration.latentChannels], 2)
    let encoded = try model.encode(image)
    let striped = try model.encode(image, tiling: finest)
    #expect(largestDifference(striped.mean, encoded.mean) < 1e-5)
    #expect(largestDifference(striped.logVariance, encoded.logVariance) < 1e-5)
    let decoded = try model.decode(latent)
    let difference = largestDifference(try model.decode(latent, tiling: finest), decoded)
    print("\(name) in strips: \(difference)")
    #expect(difference > 0 && difference < 5e-5)
  }

  @Test func `odd sizes can be cut`() throws {
    let model = try model("vae-legacy")
    let image = noise([1, 71, 23, 3], 3)
    let encoded = try model.encode(image)
    #expect(largestDifference(try model.encode(image, tiling: finest).mean, encoded.mean) < 1e-5)
  }

  @Test func `small pictures stay in one piece`() throws {
    let model = try model("vae-sd")
    let latent = noise([1, 5, 4, 4], 4)
    let decoded = try model.decode(latent)
    #expect(try model.decode(latent, tiling: AutoencoderTiling()).values == decoded.values)
  }

  @Test(arguments: [1, 2, 3]) func `threads change no bit`(threads: Int) throws {
    let model = try model("vae-sd")
    let latent = noise([1, 9, 4, 4], 5)
    let expected = try model.decode(latent, tiling: finest).values
    let found = try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
      try model.decode(latent, tiling: finest).values
    }
    #expect(found == expected)
  }

  /// Bytes that were in use at once, in millions.
  private func peak(_ work: () throws -> Void) rethrows -> Double {
    let pool = BufferPool()
    try BufferPool.$current.withValue(pool) { try work() }
    return Double(pool.statistics.peakBytesInUse) / 1e6
  }

  @Test func `strips take less memory`() throws {
    let model = try model("vae-sd")
    let latent = noise([1, 64, 64, 4], 6)
    let image = noise([1, 512, 512, 3], 7)
    let tiling = AutoencoderTiling(rowsPerStrip: 16)
    let decoding = try (
      whole: peak { _ = try model.decode(latent) },
      striped: peak { _ = try model.decode(latent, tiling: tiling) }
    )
    let encoding = try (
      whole: peak { _ = try model.encode(image) },
      striped: peak { _ = try model.encode(image, tiling: tiling) }
    )
    print("MB in use at most: decoding \(decoding), encoding \(encoding)")
    #expect(decoding.striped < 0.5 * decoding.whole)
    #expect(encoding.striped < 0.5 * encoding.whole)
  }

  /// Memory and time of any model's autoencoder; the folder comes from the environment.
  @Test(.enabled(if: measured != nil)) func `a picture of full size is the same in strips`() throws
  {
    let folder = try ModelFolder(path: measured ?? "")
    let model = try AutoencoderKL(
      configuration: try AutoencoderConfiguration(
        try folder.configuration(of: "vae"), path: folder.configurationPath(of: "vae")),
      weights: try folder.weights(of: "vae", naming: .autoencoder))
    let environment = ProcessInfo.processInfo.environment
    let side = environment["BYTEEDIT_TILING_SIDE"].flatMap { Int($0) } ?? 1024
    let size = side / model.downsamplingFactor
    let latent = noise([1, size, size, model.configuration.latentChannels], 8)
    let image = noise([1, side, side, 3], 9).clamped(-1, 1)
    let works: [(String, (AutoencoderTiling?) throws -> Tensor)] = [
      ("decode", { try model.decode(latent, tiling: $0) }),
      ("encode", { try model.encode(image, tiling: $0).mean }),
    ]
    for (name, work) in works {
      var results: [Tensor] = []
      for tiling in [nil, AutoencoderTiling()] {
        let start = Date()
        let megabytes = try peak { results.append(try work(tiling)) }
        print(
          "\(name) of \(side) pixels, \(tiling == nil ? "one piece" : "strips"): "
            + "\(megabytes) MB, \(Date().timeIntervalSince(start)) s")
      }
      let difference = largestDifference(results[0], results[1])
      print("\(name): largest difference \(difference)")
      #expect(difference < 1e-3)
    }
  }
}
