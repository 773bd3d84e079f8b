package import CKernels
import FoundationEssentials

/// An instruction set that the C kernels are compiled for; the best one is chosen at run time.
package enum KernelSet: String, CaseIterable, Sendable {
  case avx512
  case avx2
  case neon
  case plain

  /// The set in use: the best the CPU can run, or what `BYTEEDIT_KERNELS` names, if the CPU has it.
  package static let active: KernelSet = {
    let environment = ProcessInfo.processInfo.environment
    if let wanted = environment["BYTEEDIT_KERNELS"].flatMap(KernelSet.init(rawValue:)),
      wanted.isAvailable
    {
      return wanted
    }
    return KernelSet.allCases.first(where: \.isAvailable) ?? .plain
  }()

  package var isAvailable: Bool { ck_table(code) != nil }

  /// The set's functions; nil where this build or CPU lacks it.
  package var table: UnsafePointer<ck_kernels>? { ck_table(code) }

  private var code: ck_set {
    switch self {
    case .avx512: CK_SET_AVX512
    case .avx2: CK_SET_AVX2
    case .neon: CK_SET_NEON
    case .plain: CK_SET_PLAIN
    }
  }
}

/// The functions of the active kernel set.
package enum Kernels {
  /// `active` was available when it was chosen, and the plain table exists in every build.
  package static let active: ck_kernels = {
    guard let table = KernelSet.active.table ?? KernelSet.plain.table else {
      preconditionFailure("the plain kernels are part of every build")
    }
    return table.pointee
  }()
}
