import CLibFuzzer
import FuzzTargets

/// Changes an input: mostly one of its parts, so that lengths and checksums stay right; at times
/// the whole, so that they do not; and where a part may come twice, at times repeats one.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int, _ seed: UInt32
) -> Int {
  let type = Fuzzer.targetType
  var parts = type.parts(of: Array(UnsafeBufferPointer(start: data, count: size)))
  guard seed % 8 != 0, !parts.isEmpty else { return LLVMFuzzerMutate(data, size, maximum) }
  let place = Int(seed / 8) % parts.count
  if type.mayRepeatParts, seed % 8 == 1 {
    parts.insert(parts[place], at: Int(seed / 8) / parts.count % (parts.count + 1))
  } else {
    parts[place] = mutated(parts[place], maximum: maximum)
  }
  let whole = type.whole(parts).prefix(maximum)
  _ = UnsafeMutableBufferPointer(start: data, count: maximum).update(fromContentsOf: whole)
  return whole.count
}

/// libFuzzer's mutation of a part.
private func mutated(_ part: [UInt8], maximum: Int) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: maximum) { buffer, count in
    guard let base = buffer.baseAddress else { return }
    let start = part.prefix(maximum)
    _ = buffer.update(fromContentsOf: start)
    count = LLVMFuzzerMutate(base, start.count, maximum)
  }
}
