/// Text as it may stand between tags or in an attribute of an SVG file.
///
/// Source: XML 1.0, section 2.4.
package func svgText(_ text: some StringProtocol) -> String {
  var escaped = ""
  for character in text {
    switch character {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    default: escaped.append(character)
    }
  }
  return escaped
}
