import COpenSSL

/// Comparisons whose duration says nothing about what is compared.
package enum ConstantTime {
  /// Whether both hold the same bytes; only their lengths may be guessed from the time it takes.
  package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        byteedit_equal(left.baseAddress, right.baseAddress, left.count) == 1
      }
    }
  }
}
