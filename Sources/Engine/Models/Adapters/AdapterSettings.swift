import Checkpoints

/// Ranks and alphas that `lora_adapter_metadata` in a safetensors header gives for one network
/// (peft `LoraConfig`, packed by diffusers with the network's name before each key).
struct AdapterSettings {
  private var alpha: Double?
  /// Ends of layers' names to alphas.
  private var alphaPattern: [(name: String, alpha: Double)] = []
  /// alpha / √rank instead of alpha / rank (Kalajdzievski 2023).
  private var isRankStabilized = false

  /// What holds without metadata: alpha is the rank, so that the scale is 1.
  init() {}

  /// Reads the settings of every network; throws for what would change the computation.
  static func read(
    _ metadata: [String: String], path: String
  ) throws(ModelError) -> [EditorPart: AdapterSettings] {
    guard let text = metadata[key] else { return [:] }
    let members = try members(text, path: path)
    var settings: [EditorPart: AdapterSettings] = [:]
    for network in EditorPart.allCases {
      settings[network] = try AdapterSettings(members, network, path: path)
    }
    return settings
  }

  private static let key = "lora_adapter_metadata"

  private static func members(_ text: String, path: String) throws(ModelError) -> JSONObject {
    var text = text
    let value: JSONValue?
    do {
      value = try text.withUTF8 { bytes in
        try JSONParser.parse(UnsafeRawBufferPointer(bytes), limits: .configuration)
      }
    } catch { value = nil }
    guard case .object(let members)? = value else {
      throw .unusableAdapter(
        path: path, key: key, reason: "must be a JSON object; export the adapter again")
    }
    return members
  }

  private init(
    _ members: JSONObject, _ network: EditorPart, path: String
  ) throws(ModelError) {
    func member(_ name: String) -> JSONValue? { members["\(network.rawValue).\(name)"] }
    func fault(_ name: String, _ reason: String) -> ModelError {
      .unusableAdapter(path: path, key: "\(network.rawValue).\(name)", reason: reason)
    }
    for name in ["use_dora", "lora_bias"] where member(name) == .bool(true) {
      throw fault(name, "asks for more than a low-rank change; convert the adapter to plain LoRA")
    }
    isRankStabilized = member("use_rslora") == .bool(true)
    switch member("lora_alpha") {
    case nil: break
    case let value?:
      guard let number = value.real else { throw fault("lora_alpha", "must be a number") }
      alpha = number
    }
    switch member("alpha_pattern") {
    case nil, .null?: break
    case .object(let patterns)?:
      for name in patterns.keys {
        guard let number = patterns[name]?.real else {
          throw fault("alpha_pattern", "must map names to numbers")
        }
        alphaPattern.append((AdapterKey.flattened(name.trimmingRegex), number))
      }
    default: throw fault("alpha_pattern", "must map names to numbers")
    }
  }

  /// The scale of a layer's change; a pattern fits a layer whose name ends with it, the first that
  /// does.
  func scale(layer: String, rank: Int) -> Double {
    let fitting = alphaPattern.first { layer == $0.name || layer.hasSuffix("_\($0.name)") }
    let rank = Double(rank)
    return (fitting?.alpha ?? alpha ?? rank) / (isRankStabilized ? rank.squareRoot() : rank)
  }
}

extension JSONValue {
  fileprivate var real: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

extension String {
  /// A name that stands in a pattern as a regular expression for itself.
  fileprivate var trimmingRegex: String {
    replacing("\\.", with: ".").replacing("^", with: "").replacing("$", with: "")
  }
}
