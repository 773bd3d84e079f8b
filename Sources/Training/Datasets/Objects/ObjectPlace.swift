/// Where an object belongs.
package enum ObjectPlace: String, Sendable, CaseIterable, Codable {
  case ground
  case sky
  case water
}
