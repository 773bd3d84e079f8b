package import Foundation

/// Values as lines of JSON: keys sorted, so that equal values give equal bytes.
package enum JSONLine {
  package static func encode(
    _ value: some Encodable, path: String
  ) throws(DatasetError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    do { return try encoder.encode(value) + [0x0A] } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
  }

  /// Throws with the line's number and the key that is wrong.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, _ line: String, path: String, number: Int
  ) throws(DatasetError) -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { return try decoder.decode(type, from: Data(line.utf8)) } catch {
      throw .line(path: path, line: number, reason: reason(error))
    }
  }

  /// A value of bytes that are no line of a file of many.
  package static func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: data)
  }

  /// Every line of a file; a last line without its end, as a kill leaves it, is passed over where
  /// `toleratesTornEnd` says so.
  package static func read<Value: Decodable>(
    _ type: Value.Type, from path: String, toleratesTornEnd: Bool = false
  ) throws(DatasetError) -> [Value] {
    var values: [Value] = []
    let lines = try TextLines(path: path)
    for (number, line) in lines {
      do throws(DatasetError) {
        values.append(try decode(type, line, path: path, number: number))
      } catch {
        guard toleratesTornEnd, number == lines.lastNumber, !lines.endsWithNewline else {
          throw error
        }
      }
    }
    return values
  }

  /// Replaces a file by one of these bytes, at once.
  package static func write(_ data: Data, to path: String) throws(DatasetError) {
    do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw .unreadable(path: path, reason: "cannot be written: \(error.localizedDescription)")
    }
  }

  private static func reason(_ error: any Error) -> String {
    func key(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
    return switch error as? DecodingError {
    case .keyNotFound(let missing, _): "\"\(missing.stringValue)\" is missing"
    case .valueNotFound(_, let context): "\"\(key(context.codingPath))\" is null"
    case .typeMismatch(let type, let context):
      "\"\(key(context.codingPath))\" must be a \(type)"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "\"\(key(context.codingPath))\": \(context.debugDescription)"
    default: "the line is no JSON object"
    }
  }
}
