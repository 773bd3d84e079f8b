import Jobs
import Locks
import Sockets

/// How many submissions are under way, and which idempotency keys they carry.
final class SubmissionGate: Sendable {
  private struct State {
    var total = 0
    var perAddress: [SocketAddress.LimitKey: Int] = [:]
    var keys: Set<String> = []
  }

  /// A place taken; must be given back.
  struct Pass: Sendable {
    fileprivate let address: SocketAddress.LimitKey?
    fileprivate let key: String?
  }

  private let total: Int
  private let perAddress: Int
  private let state = Lock(State())

  init(total: Int, perAddress: Int) {
    self.total = total
    self.perAddress = perAddress
  }

  /// Throws when there are too many, or when one with this key is on its way.
  func enter(
    _ address: SocketAddress.LimitKey?, owner: String, key: IdempotencyKey?
  ) throws(APIError) -> Pass {
    let pass = Pass(address: address, key: key.map { "\(owner) \($0.text)" })
    let refusal = state.withLock { state in
      let refusal = judge(pass, state)
      guard refusal == nil else { return refusal }
      state.total += 1
      if let address { state.perAddress[address, default: 0] += 1 }
      if let key = pass.key { state.keys.insert(key) }
      return nil
    }
    if let refusal { throw refusal }
    return pass
  }

  private func judge(_ pass: Pass, _ state: State) -> APIError? {
    if let key = pass.key, state.keys.contains(key) { return .keyInUse }
    if let address = pass.address, state.perAddress[address, default: 0] >= perAddress {
      return .tooManyUploadsFromAddress
    }
    return state.total >= total ? .tooManyUploads : nil
  }

  func leave(_ pass: Pass) {
    state.withLock { state in
      state.total -= 1
      if let address = pass.address {
        let count = state.perAddress[address, default: 1]
        state.perAddress[address] = count > 1 ? count - 1 : nil
      }
      if let key = pass.key { state.keys.remove(key) }
    }
  }
}
