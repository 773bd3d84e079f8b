/// Prompts from a text file.
package enum PromptText {
  /// The lines of a UTF-8 file, empty ones left out; throws where it cannot be read.
  package static func read(_ path: String) throws(DatasetError) -> [String] {
    var prompts: [String] = []
    for (_, line) in try TextLines(path: path) { prompts.append(line) }
    return prompts
  }
}
