import ArgumentParser
import Compute
import Editing
import Models
import ServeSettings

extension WeightStorage: ExpressibleByArgument {}

/// How a command loads the model that it edits with.
struct LoadingOptions: ParsableArguments {
  @Option(help: "How weights are kept in memory: fp32, fp16, bf16 or int8.")
  var weights = WeightStorage.float32

  @Option(
    help: ArgumentHelp(
      "A LoRA adapter for this edit, computed beside the weights; may be repeated.",
      valueName: "file[:weight]"))
  var lora: [String] = []

  @Option(
    help: ArgumentHelp(
      "The same, merged into the weights when they are loaded.", valueName: "file[:weight]"))
  var mergeLora: [String] = []

  /// The adapters, those beside the weights first.
  func adapters() throws -> [AdapterSource] {
    do {
      return try lora.map { try AdapterOption.source($0, isMerged: false) }
        + mergeLora.map { try AdapterOption.source($0, isMerged: true) }
    } catch let fault as AdapterOption.Fault {
      throw ValidationError(fault.description)
    }
  }
}
