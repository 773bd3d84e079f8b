import Checkpoints
import Foundation
import Models
import Tensors
import Testing

private let parityModel = ProcessInfo.processInfo.environment["BYTEEDIT_PARITY_MODEL"]
private let parityGolden = ProcessInfo.processInfo.environment["BYTEEDIT_PARITY_GOLDEN"]

/// Compares any model folder with the reference, part by part; golden files come from
/// `Scripts/fixtures/make_golden.py`, the paths from the environment.
@Suite(.enabled(if: parityModel != nil && parityGolden != nil))
struct ParityTests {
  private func golden(_ part: String) throws -> SafetensorsFile {
    try SafetensorsFile(path: "\(parityGolden ?? "")/\(part).safetensors")
  }

  private func report(_ name: String, _ output: Tensor, _ reference: Tensor, since start: Date) {
    let error = relativeError(output, reference)
    let seconds = Date().timeIntervalSince(start)
    print("parity \(name): relative error \(error), \(seconds) s")
    #expect(error < bound, "\(name)")
  }

  @Test func `every network is the reference's`() throws {
    var start = Date()
    let folder = try ModelFolder(path: parityModel ?? "")
    let networks = try EditorNetworks(folder: folder)
    print("parity: loaded in \(Date().timeIntervalSince(start)) s")
    start = Date()
    print("parity: hash \(try folder.hash()) in \(Date().timeIntervalSince(start)) s")
    try text(networks.textEncoder)
    try denoiser(networks.unet)
    try pictures(networks.autoencoder)
  }

  private func text(_ model: CLIPTextModel) throws {
    let golden = try golden("text_encoder")
    let tokens = try golden.integers("tokens")
    let half = tokens.count / 2
    let start = Date()
    let output = try model(tokens: [Array(tokens[..<half]), Array(tokens[half...])])
    report("text encoder", output, try golden.tensor("output"), since: start)
  }

  private func denoiser(_ model: UNet2DConditionModel) throws {
    let golden = try golden("unet")
    let start = Date()
    let output = try model(
      sample: try golden.tensor("sample").nchwToNHWC(),
      timesteps: try golden.tensor("timesteps").values,
      context: try model.prepare(context: try golden.tensor("context")))
    report("U-Net", output, try golden.tensor("output").nchwToNHWC(), since: start)
  }

  private func pictures(_ model: PictureAutoencoder) throws {
    let golden = try golden("vae")
    var start = Date()
    let (mean, logVariance) = try model.encode(try golden.tensor("image").nchwToNHWC())
    report("mean", mean, try golden.tensor("mean").nchwToNHWC(), since: start)
    report(
      "log variance", try #require(logVariance), try golden.tensor("log_variance").nchwToNHWC(),
      since: start)
    start = Date()
    let decoded = try model.decode(try golden.tensor("latent").nchwToNHWC())
    report("decoded", decoded, try golden.tensor("decoded").nchwToNHWC(), since: start)
  }
}
