import Foundation

/// A file of preferences: a JSON object a line, people's votes and an oracle's alike.
package enum PreferenceFile {
  /// Bytes of a line.
  static let longestLine = 1 << 20

  /// Reads every line; throws for the first that is wrong, with its number and what is wrong.
  /// - Parameter checksFiles: whether every picture named by a path must be there.
  package static func read(
    _ path: String, checksFiles: Bool = false
  ) throws(DatasetError) -> [Preference] {
    var preferences: [Preference] = []
    for (number, line) in try TextLines(path: path) {
      let preference = try parse(line, path: path, number: number)
      let missing = checksFiles ? missingFile(of: preference, beside: path) : nil
      if let fault = preference.faults.first ?? missing {
        throw .line(path: path, line: number, reason: fault)
      }
      preferences.append(preference)
    }
    return preferences
  }

  /// Everything that is wrong with a file, line by line; empty where it is sound.
  ///
  /// Finds broken lines, contradictions, pictures that are not there, and one annotator who judged
  /// one edit twice.
  package static func problems(
    in path: String, checksFiles: Bool = true, atMost limit: Int = 1000
  ) throws(DatasetError) -> [DatasetError] {
    var problems: [DatasetError] = []
    var seen: [[String]: Int] = [:]
    for (number, line) in try TextLines(path: path) {
      guard problems.count < limit else { break }
      func note(_ reason: String) {
        problems.append(.line(path: path, line: number, reason: reason))
      }
      do throws(DatasetError) {
        let preference = try parse(line, path: path, number: number)
        preference.faults.forEach(note)
        if checksFiles { missingFile(of: preference, beside: path).map(note) }
        let first = seen.updateValue(number, forKey: [preference.id, preference.annotator])
        if let first {
          note("\(preference.annotator) judged \(preference.id) in line \(first) too")
        }
      } catch { problems.append(error) }
    }
    return problems
  }

  /// Writes a line for every preference; the file is there whole or not at all.
  ///
  /// Keys stand in alphabetical order, so that the same preferences give the same bytes. Throws for
  /// a preference that could not be read again.
  package static func write(
    _ preferences: [Preference], to path: String
  ) throws(DatasetError) {
    var text = Data()
    for (index, preference) in preferences.enumerated() {
      if let fault = preference.faults.first {
        throw .line(path: path, line: index + 1, reason: fault)
      }
      text.append(try JSONLine.encode(preference, path: path))
    }
    try JSONLine.write(text, to: path)
  }

  private static func parse(
    _ line: String, path: String, number: Int
  ) throws(DatasetError) -> Preference {
    guard line.utf8.count <= longestLine else {
      throw .line(path: path, line: number, reason: "longer than \(longestLine) bytes")
    }
    return try JSONLine.decode(Preference.self, line, path: path, number: number)
  }

  private static func missingFile(of preference: Preference, beside path: String) -> String? {
    let folder = (path as NSString).deletingLastPathComponent
    for case .path(let file) in preference.references {
      let whole = folder.isEmpty ? file : "\(folder)/\(file)"
      guard FileManager.default.fileExists(atPath: whole) else { return "there is no \(file)" }
    }
    return nil
  }
}
