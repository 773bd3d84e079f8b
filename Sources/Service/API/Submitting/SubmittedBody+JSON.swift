import FoundationEssentials
import HTTP
package import Jobs

extension SubmittedBody {
  /// Sorts a JSON object; `image` and `mask` are base64 or data URLs.
  package init(
    json body: UnsafeRawBufferPointer, maximumDepth: Int
  ) throws(APIError) {
    var fields = try Self.object(body, maximumDepth: maximumDepth)
    var errors: [Problem.FieldError] = []
    var pictures: [String: [UInt8]] = [:]
    for name in Self.pictureNames {
      guard let value = fields.removeValue(forKey: name), value != .null else { continue }
      if let bytes = Self.picture(value) {
        pictures[name] = bytes
      } else {
        errors.append(
          .init(pointer: "/\(name)", detail: "must be a PNG or JPEG as base64 or as a data URL"))
      }
    }
    self.init(fields: .json(fields), pictures: pictures, errors: errors)
  }

  /// The members of a JSON object.
  package static func object(
    _ body: UnsafeRawBufferPointer, maximumDepth: Int
  ) throws(APIError) -> [String: JSONValue] {
    guard JSONDepth.isWithin(maximumDepth, body) else {
      throw .malformedJSON("it is nested deeper than \(maximumDepth) levels")
    }
    guard case .object(let fields)? = try? JSONDecoder().decode(JSONValue.self, from: Data(body))
    else { throw .malformedJSON("it cannot be parsed, or is no object") }
    return fields
  }

  /// `iVBOR…` or `data:image/png;base64,iVBOR…` (RFC 2397); the stated type is not trusted.
  static func picture(_ value: JSONValue) -> [UInt8]? {
    guard case .string(let text) = value else { return nil }
    var encoded = text[...]
    if text.hasPrefix("data:") {
      guard let comma = text.firstIndex(of: ","), text[..<comma].hasSuffix(";base64") else {
        return nil
      }
      encoded = text[text.index(after: comma)...]
    }
    guard !encoded.isEmpty, let data = Data(base64Encoded: String(encoded)) else { return nil }
    return Array(data)
  }
}

/// How deeply a JSON text is nested, looked at before a parser recurses into it.
enum JSONDepth {
  static func isWithin(_ limit: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    var (depth, isInString, isEscaped) = (0, false, false)
    for byte in text {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        if depth > limit { return false }
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
    }
    return true
  }
}
