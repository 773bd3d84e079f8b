import Foundation
import FuzzTargets

// Reads every file of a folder by a target, without a fuzzer.
//
//   replay --list             the targets, each with the parser's files
//   replay TARGET FOLDER…     what the target made of the files

let arguments = Array(CommandLine.arguments.dropFirst())

if arguments == ["--list"] {
  for target in FuzzTargets.all { print(target.name, target.sources.joined(separator: " ")) }
  exit(0)
}
guard arguments.count > 1, let type = FuzzTargets.named(arguments[0]) else {
  print("usage: replay --list | replay TARGET FOLDER…")
  exit(2)
}

let target = try type.init()
var counts = (accepted: 0, refused: 0, wrong: 0)
for folder in arguments.dropFirst() {
  for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
    switch target.read(bytes) {
    case .accepted: counts.accepted += 1
    case .refused(let reason):
      counts.refused += 1
      if ProcessInfo.processInfo.environment["REPLAY_SHOWS"] != nil { print(name, reason) }
    case .wrong(let fault):
      counts.wrong += 1
      print("\(name): \(fault)")
    }
  }
}
print(
  "\(type.name): \(counts.accepted) accepted, \(counts.refused) refused, \(counts.wrong) wrong")
exit(counts.wrong == 0 ? 0 : 1)
