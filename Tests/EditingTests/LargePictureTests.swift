import Foundation
import Imaging
import Testing

@testable import Editing

/// A hundred megapixels; seconds and a gigabyte, so only where a person asks for it.
@Suite(
  .serialized, .enabled(if: ProcessInfo.processInfo.environment["BYTEEDIT_LARGE"] != nil))
struct LargePictureTests {
  private let width = 12_500
  private let height = 8_000

  private func picture() throws -> Picture {
    var samples = [UInt8](repeating: 0, count: width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        let index = (y * width + x) * 3
        samples[index] = UInt8(truncatingIfNeeded: x / 50)
        samples[index + 1] = UInt8(truncatingIfNeeded: y / 40)
        samples[index + 2] = UInt8(truncatingIfNeeded: (x / 64 + y / 64) * 9)
      }
    }
    return try Picture(width: width, height: height, channels: 3, samples: samples)
  }

  private func peakMebibytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
  }

  @Test(arguments: [(6000, 4000, 900, 700), (0, 0, 12_500, 8_000)])
  func `a hundred megapixels come back whole`(_ box: (Int, Int, Int, Int)) throws {
    let image = try ImageEncoder.png(try picture(), metadata: ImageMetadata())
    let mask = try Picture(
      width: width, height: height, channels: 3,
      samples: Hole(width: width, height: height, boxes: [box]).isEdited
        .flatMap { [UInt8](repeating: $0 ? 255 : 0, count: 3) })
    var request = EditRequest(image: image, mask: try ImageEncoder.png(mask))
    request.prompt = "a red apple"
    let limits = ImageLimits(maxPixels: 100_000_000)
    let editor = Editor(model: try Fixture.embeddedModel(), limits: limits, build: "test")
    let clock = ContinuousClock()
    let start = clock.now
    let result = try editor.edit(request)
    let candidate = try #require(result.candidates.first)
    #expect((candidate.width, candidate.height) == (width, height))
    #expect(candidate.preserved.maxAbsDiff == 0 && candidate.preserved.differingCount == 0)
    #expect(candidate.preserved.pixelCount == width * height - box.2 * box.3)
    let timings = result.timings.map { "\($0.key.rawValue) \(String(format: "%.2f", $0.value))" }
    print(
      "100 megapixels, hole \(box.2)x\(box.3): \(clock.now - start), peak \(try peakMebibytes())"
        + " MiB, \(timings.sorted().joined(separator: ", "))")
  }
}
