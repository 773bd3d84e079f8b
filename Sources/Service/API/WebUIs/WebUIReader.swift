import HTTP
import Jobs

/// Takes one field of a web UI's form after the other; what is null is not there.
struct WebUIReader {
  let given: [String: JSONValue]
  var fields: [String: JSONValue] = [:]

  init(given: [String: JSONValue]) {
    self.given = given
  }

  private func value(_ name: String) -> JSONValue? {
    guard let value = given[name], value != .null else { return nil }
    return value
  }

  mutating func set(_ field: EditParameters.Name, _ text: String) {
    fields[field.rawValue] = .string(text)
  }

  func picture(_ name: String) throws(WebUIError) -> [UInt8]? {
    guard let value = value(name) else { return nil }
    guard let bytes = SubmittedBody.picture(value) else {
      throw .invalid(name, "must be a PNG or JPEG as base64 or as a data URL")
    }
    return bytes
  }

  func picture(ofFirst name: String) throws(WebUIError) -> [UInt8] {
    guard case .array(let all)? = value(name), let first = all.first else {
      throw .invalid(name, "is needed: a list with the picture to edit")
    }
    guard all.count == 1 else {
      throw .invalid(name, "has several pictures: this service edits one at a time")
    }
    guard let bytes = SubmittedBody.picture(first) else {
      throw .invalid(name, "must be PNG or JPEG as base64 or as data URLs")
    }
    return bytes
  }

  /// Empty texts stand for none.
  mutating func text(
    _ name: String, as field: EditParameters.Name
  ) throws(WebUIError) {
    guard let value = value(name) else { return }
    guard case .string(let text) = value else { throw .invalid(name, "must be a string") }
    if !text.isEmpty { fields[field.rawValue] = value }
  }

  mutating func number(
    _ name: String, as field: EditParameters.Name
  ) throws(WebUIError) {
    guard let value = value(name) else { return }
    switch value {
    case .integer, .number: fields[field.rawValue] = value
    default: throw .invalid(name, "must be a number")
    }
  }

  func integer(_ name: String) throws(WebUIError) -> Int? {
    guard let value = value(name) else { return nil }
    let whole: Int? =
      switch value {
      case .integer(let integer): Int(exactly: integer)
      case .number(let number): Int(exactly: number)
      default: nil
      }
    guard let whole else { throw .invalid(name, "must be a whole number") }
    return whole
  }

  func flag(_ name: String) throws(WebUIError) -> Bool? {
    guard let value = value(name) else { return nil }
    switch value {
    case .boolean(let flag): return flag
    case .integer(let integer) where (0...1).contains(integer): return integer == 1
    default: throw .invalid(name, "must be true or false")
    }
  }

  /// -1 draws one.
  mutating func seed(_ name: String) throws(WebUIError) {
    guard let seed = try integer(name), seed != -1 else { return }
    fields[EditParameters.Name.seed.rawValue] = .integer(Int64(seed))
  }

  /// The name of a sampler, unless the client leaves the choice to the service.
  func sampler(_ name: String) throws(WebUIError) -> String? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value else { throw .invalid(name, "must be a string") }
    return text.isEmpty || text == "Automatic" ? nil : text
  }

  /// Whether it is a sampler that is here.
  mutating func use(sampler name: String) -> Bool {
    guard let known = WebUISampler.all.first(where: { $0.names.contains(name) }) else {
      return false
    }
    set(.sampler, known.sampler.rawValue)
    return true
  }
}
