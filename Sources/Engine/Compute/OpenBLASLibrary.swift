import CKernels
import COpenBLAS
import Glibc

/// `libopenblas.so.0`, opened at run time so that its environment can be prepared first: the
/// variable that names its kernels is read in the library's constructor.
struct OpenBLASLibrary: @unchecked Sendable {
  // Unchecked: C function pointers, never changed after opening.
  let sgemm: cob_sgemm?
  let coreName: String
  let isForced: Bool
  let isFallback: Bool

  private static let fileName = "libopenblas.so.0"
  private static let coreVariable = "OPENBLAS_CORETYPE"

  static func open() -> OpenBLASLibrary {
    // Helper threads of the library would only compete with the thread team.
    setenv("OPENBLAS_NUM_THREADS", "1", 0)
    guard let handle = dlopen(fileName, RTLD_NOW | RTLD_LOCAL) else {
      return missing
    }
    guard getenv(coreVariable) == nil, let better = betterCore(than: handle) else {
      return library(handle, isForced: false)
    }
    dlclose(handle)
    setenv(coreVariable, better, 1)
    guard let reopened = dlopen(fileName, RTLD_NOW | RTLD_LOCAL) else { return missing }
    // Had another part of the process held the library, its old kernels would still be there.
    return library(reopened, isForced: betterCore(than: reopened) == nil)
  }

  private static let missing = OpenBLASLibrary(
    sgemm: nil, coreName: "none", isForced: false, isFallback: true)

  private static func betterCore(than handle: UnsafeMutableRawPointer) -> String? {
    CoreChoice.betterCore(than: coreName(of: handle), cpuLevel: Int(ck_x86_level()))
  }

  private static func library(
    _ handle: UnsafeMutableRawPointer, isForced: Bool
  ) -> OpenBLASLibrary {
    function("openblas_set_num_threads", in: handle, as: cob_set_num_threads.self)?(1)
    return OpenBLASLibrary(
      sgemm: function("cblas_sgemm", in: handle, as: cob_sgemm.self),
      coreName: coreName(of: handle),
      isForced: isForced, isFallback: betterCore(than: handle) != nil)
  }

  private static func coreName(of handle: UnsafeMutableRawPointer) -> String {
    let name = function("openblas_get_corename", in: handle, as: cob_get_corename.self)
    return name.map { String(cString: $0()) } ?? "unknown"
  }

  private static func function<F>(
    _ name: String, in handle: UnsafeMutableRawPointer, as type: F.Type
  ) -> F? {
    dlsym(handle, name).map { unsafeBitCast($0, to: type) }
  }
}

/// Which OpenBLAS core is worth forcing on which CPU.
enum CoreChoice {
  private static let wide: Set<String> = ["skylakex", "cooperlake", "sapphirerapids"]
  private static let medium: Set<String> = ["haswell", "zen"]

  /// The core to force, or nil when the named one already uses what the CPU has.
  ///
  /// `cpuLevel` is 3 with AVX-512, 2 with AVX2, 0 below (and on other architectures, where the
  /// library decides).
  static func betterCore(than name: String, cpuLevel: Int) -> String? {
    let name = name.lowercased()
    let level = wide.contains(name) ? 3 : medium.contains(name) ? 2 : 0
    guard level < cpuLevel else { return nil }
    return cpuLevel >= 3 ? "SkylakeX" : "Haswell"
  }
}
