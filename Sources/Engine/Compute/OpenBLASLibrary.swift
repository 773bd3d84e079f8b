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
      return OpenBLASLibrary(sgemm: nil, coreName: "none", isForced: false, isFallback: true)
    }
    let name = coreName(of: handle)
    guard let better = CoreChoice.betterCore(than: name, cpuLevel: Int(ck_x86_level())),
      getenv(coreVariable) == nil, let reopened = reopen(handle, forcing: better)
    else { return library(handle, isForced: false) }
    return library(reopened, isForced: true)
  }

  /// Unloads the library and loads it anew with its kernels named; nil when it stays loaded (another
  /// part of the process holds it).
  private static func reopen(
    _ handle: UnsafeMutableRawPointer, forcing core: String
  ) -> UnsafeMutableRawPointer? {
    dlclose(handle)
    setenv(coreVariable, core, 1)
    return dlopen(fileName, RTLD_NOW | RTLD_LOCAL)
  }

  private static func library(
    _ handle: UnsafeMutableRawPointer, isForced: Bool
  ) -> OpenBLASLibrary {
    let name = coreName(of: handle)
    function("openblas_set_num_threads", in: handle, as: cob_set_num_threads.self)?(1)
    return OpenBLASLibrary(
      sgemm: function("cblas_sgemm", in: handle, as: cob_sgemm.self), coreName: name,
      isForced: isForced,
      isFallback: CoreChoice.betterCore(than: name, cpuLevel: Int(ck_x86_level())) != nil)
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
