import Foundation
import TestSupport
import Testing

/// The real binary trains a judge small enough for a test.
@Suite(.serialized)
struct TrainingJourney {
  private static let settings = """
    {"run": {"batch": 4, "microBatch": 4, "warmup": 3, "logEvery": 1, "evaluateEvery": 20,
             "saveEvery": 3, "heldOut": 8, "heldOutAtEnd": 16},
     "network": {"imageSize": 32, "width": 32, "heads": 2, "layers": 1, "textLayers": 1,
                 "textHeads": 2}}
    """

  @Test(arguments: ["aesthetic", "alignment"])
  func `a run that was killed and goes on makes the judge of one that was not`(
    recipe: String
  ) throws {
    let scratch = try ScratchFolder()
    let config = scratch.path + "/settings.json"
    try Data(Self.settings.utf8).write(to: URL(fileURLWithPath: config))
    let (whole, parted) = (scratch.path + "/whole", scratch.path + "/parted")
    let arguments = ["train", recipe, "--config", config, "--steps", "24"]
    let first = try start(arguments + ["--output", whole])
    first.waitUntilExit()
    #expect(first.terminationStatus == 0)

    let killed = try start(arguments + ["--output", parted])
    try wait(for: "\"step\":4", in: parted + "/log.jsonl", while: killed)
    kill(killed.processIdentifier, SIGKILL)
    killed.waitUntilExit()
    #expect(!exists(parted + "/judge/model.safetensors"))
    let resumed = try start(["train", recipe, "--output", parted, "--resume"])
    resumed.waitUntilExit()
    #expect(resumed.terminationStatus == 0)
    for name in ["model.safetensors", "config.json", "calibration.json", "vocab.txt"] {
      let wanted = FileManager.default.contents(atPath: "\(whole)/judge/\(name)")
      #expect(wanted != nil)
      #expect(FileManager.default.contents(atPath: "\(parted)/judge/\(name)") == wanted)
    }
    #expect(exists(whole + "/loss.svg") && exists(whole + "/held-out.md"))
  }

  @Test func `SIGTERM keeps the state, and a new run does not overwrite it`() throws {
    let scratch = try ScratchFolder()
    let config = scratch.path + "/settings.json"
    try Data(Self.settings.utf8).write(to: URL(fileURLWithPath: config))
    let output = scratch.path + "/run"
    let arguments = ["train", "aesthetic", "--config", config, "--output", output]
    let run = try start(arguments + ["--steps", "100000"])
    try wait(for: "\"step\":5", in: output + "/log.jsonl", while: run)
    run.terminate()
    run.waitUntilExit()
    #expect(run.terminationStatus == 0)
    #expect(exists(output + "/state.safetensors"))
    let again = try start(arguments)
    again.waitUntilExit()
    #expect(again.terminationStatus != 0)
  }

  @Test func `a setting that is unknown ends the command with its name`() throws {
    let scratch = try ScratchFolder()
    let config = scratch.path + "/settings.yaml"
    try Data("run:\n  stepz: 3\n".utf8).write(to: URL(fileURLWithPath: config))
    let errors = Pipe()
    let run = try start(
      ["train", "coherence", "--config", config, "--output", scratch.path + "/run"],
      errors: errors)
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    run.waitUntilExit()
    #expect(run.terminationStatus != 0 && text.contains("run.stepz"), "\(text)")
  }

  private func start(_ arguments: [String], errors: Pipe? = nil) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Server.binary())
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors ?? FileHandle.nullDevice
    try process.run()
    return process
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func wait(for text: String, in file: String, while process: Process) throws {
    for _ in 0..<6_000 {
      if let found = try? String(contentsOfFile: file, encoding: .utf8), found.contains(text) {
        return
      }
      guard process.isRunning else { break }
      usleep(20_000)
    }
    throw JourneyError("\(file) never had \(text)")
  }
}
