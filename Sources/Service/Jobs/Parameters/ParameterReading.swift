/// A value that does not have the kind its field needs; the detail says what would do.
struct Mismatch: Error {
  var path: [String] = []
  let detail: String
}

extension JSONValue {
  func asText() throws(Mismatch) -> String {
    guard case .string(let text) = self else {
      throw Mismatch(detail: "must be a string, not \(kind)")
    }
    return text
  }

  func asBoolean() throws(Mismatch) -> Bool {
    guard case .boolean(let value) = self else {
      throw Mismatch(detail: "must be true or false, not \(kind)")
    }
    return value
  }

  func asInteger() throws(Mismatch) -> Int {
    switch self {
    case .integer(let value):
      if let integer = Int(exactly: value) { return integer }
    case .number(let value):
      if let integer = Int(exactly: value) { return integer }
    default:
      throw Mismatch(detail: "must be a whole number, not \(kind)")
    }
    throw Mismatch(detail: "must be a whole number")
  }

  func asNumber() throws(Mismatch) -> Double {
    switch self {
    case .integer(let value): return Double(value)
    case .number(let value) where value.isFinite: return value
    default: throw Mismatch(detail: "must be a finite number, not \(kind)")
    }
  }

  func asSeed() throws(Mismatch) -> UInt32 {
    guard let seed = UInt32(exactly: try asInteger()) else {
      throw Mismatch(detail: "must lie between 0 and \(UInt32.max)")
    }
    return seed
  }

  func asObject() throws(Mismatch) -> [String: JSONValue] {
    guard case .object(let fields) = self else {
      throw Mismatch(detail: "must be an object, not \(kind)")
    }
    return fields
  }

  func asTimestamp() throws(Mismatch) -> Timestamp {
    guard case .string(let text) = self, let moment = Timestamp(rfc3339: text) else {
      throw Mismatch(detail: "must be an RFC 3339 date-time such as 2026-05-04T03:02:01Z")
    }
    return moment
  }

  func asChoice<Choice: CaseIterable & RawRepresentable>(
    _ type: Choice.Type
  ) throws(Mismatch) -> Choice where Choice.RawValue == String {
    guard case .string(let text) = self, let choice = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw Mismatch(detail: "must be one of \(names)")
    }
    return choice
  }

  func asContext() throws(Mismatch) -> EditParameters.Context {
    switch self {
    case .string("auto"): return .auto
    case .string("full"): return .full
    case .integer, .number: return .fraction(try asNumber())
    default: throw Mismatch(detail: "must be auto, full or a number")
    }
  }

  func asWeights() throws(Mismatch) -> EditParameters.Weights {
    var weights = EditParameters.Weights()
    for (judge, value) in try asObject() {
      do throws(Mismatch) {
        let weight = try value.asNumber()
        switch judge {
        case "aesthetic": weights.aesthetic = weight
        case "alignment": weights.alignment = weight
        case "coherence": weights.coherence = weight
        default: throw Mismatch(detail: "is no judge; use aesthetic, alignment, coherence")
        }
      } catch {
        throw Mismatch(path: [judge] + error.path, detail: error.detail)
      }
    }
    return weights
  }

  func asExpansion() throws(Mismatch) -> EditParameters.Expansion {
    var expansion = EditParameters.Expansion()
    for (side, value) in try asObject() {
      do throws(Mismatch) {
        let pixels = try value.asInteger()
        switch side {
        case "left": expansion.left = pixels
        case "top": expansion.top = pixels
        case "right": expansion.right = pixels
        case "bottom": expansion.bottom = pixels
        default: throw Mismatch(detail: "is no side; use left, top, right, bottom")
        }
      } catch {
        throw Mismatch(path: [side] + error.path, detail: error.detail)
      }
    }
    return expansion
  }
}
