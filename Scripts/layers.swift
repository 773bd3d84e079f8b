// Checks the imports of every target against the manifest and the direction of the house.
import Foundation

struct Manifest: Decodable {
  struct Target: Decodable {
    var name: String
    var path: String
    var type: String
    var targetDependencies: [String]?
    var productDependencies: [String]?
  }
  var targets: [Target]
}

/// Lower rooms never see higher ones.
let wings = [
  "System": 0, "Engine": 1, "Training": 2, "Evaluation": 2, "Service": 2,
  "DefaultModel": 2, "CommandLine": 3,
]
/// What every room may import: the toolchain's own modules.
let toolchain: Set = [
  "Swift", "Foundation", "FoundationEssentials", "FoundationXML", "Glibc", "Dispatch",
  "Synchronization",
  "Testing", "XCTest", "Musl",
]
/// Rooms that must never see one another, whatever the manifest says.
let forbidden = [("API", "Editing"), ("Jobs", "HTTP"), ("Sockets", "HTTP"), ("HTTP", "Imaging")]

func output(_ arguments: [String]) throws -> Data {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return data
}

func imports(in folder: String) -> Set<String> {
  var found: Set<String> = []
  let files = FileManager.default.enumerator(atPath: folder)
  while let file = files?.nextObject() as? String {
    guard file.hasSuffix(".swift"),
      let text = try? String(contentsOfFile: folder + "/" + file, encoding: .utf8)
    else { continue }
    for line in text.split(separator: "\n") {
      var words = line.split(separator: " ")
      while let first = words.first,
        first.hasPrefix("@")
          || [
            "package", "public", "internal",
            "private", "fileprivate",
          ].contains(String(first))
      { words.removeFirst() }
      guard words.first == "import", words.count > 1 else { continue }
      let kinds: Set<Substring> = [
        "struct", "class", "enum", "func", "protocol", "var", "typealias",
      ]
      let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
      found.insert(String(name.prefix { $0 != "." && $0 != ";" }))
    }
  }
  return found
}

func wing(_ path: String) -> String {
  let parts = path.split(separator: "/")
  return parts.count > 1 && parts[0] == "Sources" ? String(parts[1]) : "Tests"
}

/// The manifest of the package in `folder`.
func manifest(of folder: String) throws -> Manifest {
  let json = try output([
    "swift", "package", "--package-path", folder, "describe", "--type", "json",
  ])
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(Manifest.self, from: json)
}

/// Imports that a manifest does not list for their target.
func unlisted(_ target: Manifest.Target, in folder: String) -> [String] {
  let listed = Set(target.targetDependencies ?? []).union(target.productDependencies ?? [])
  return imports(in: folder + "/" + target.path).subtracting(toolchain).subtracting(listed).sorted()
    .map { "\(folder): \(target.name) imports \($0), which the manifest does not list for it" }
}

let house = try manifest(of: ".")
let wingOf = Dictionary(uniqueKeysWithValues: house.targets.map { ($0.name, wing($0.path)) })
// Fuzz and Benchmarks see the rooms through links, and are not built every day.
let nested = try ["Fuzz", "Benchmarks"].flatMap { folder in
  try manifest(of: folder).targets.flatMap { unlisted($0, in: folder) }
}
var complaints = house.targets.flatMap { unlisted($0, in: ".") } + nested

for target in house.targets {
  let listed = Set(target.targetDependencies ?? []).union(target.productDependencies ?? [])
  let own = wing(target.path)
  for name in listed.sorted() {
    if let there = wings[wingOf[name] ?? ""], let here = wings[own], there > here {
      complaints.append("\(target.name) (\(own)) looks up at \(name) (\(wingOf[name] ?? ""))")
    }
    if forbidden.contains(where: { $0.0 == target.name && $0.1 == name }) {
      complaints.append("\(target.name) must never see \(name)")
    }
  }
}
complaints.forEach { print("layers: \($0)") }
print(complaints.isEmpty ? "layers: \(house.targets.count) targets in order" : "layers: failed")
exit(complaints.isEmpty ? 0 : 1)
