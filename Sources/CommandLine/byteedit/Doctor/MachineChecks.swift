import Compute
import Foundation
import ServeSettings

/// Processor, kernels, BLAS and threads.
struct MachineChecks {
  let settings: ServeConfiguration
  var files = SystemFiles()
  var cores = AvailableCores.affinity

  func findings() -> [Finding] { [processor(), kernels(), blas(), threads()] }

  /// Instructions that speed edits up where the processor has them.
  private static let useful: Set<String> = [
    "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd",
    "asimdhp", "i8mm", "bf16",
  ]

  func processor() -> Finding {
    let name = files.field("model name", in: "/proc/cpuinfo") ?? "unnamed"
    let flags =
      files.field("flags", in: "/proc/cpuinfo") ?? files.field("Features", in: "/proc/cpuinfo")
    let features = (flags ?? "").split(separator: " ").map(String.init)
      .filter(Self.useful.contains).sorted()
    return .ok("cpu", "\(name), \(cores) cores; \(features.joined(separator: " "))")
  }

  private func kernels() -> Finding {
    let active = KernelSet.active
    guard active == .plain else { return .ok("kernels", active.rawValue) }
    return .warning(
      "kernels", "plain: without vector instructions edits take many times longer",
      do: "run on a processor with AVX2, AVX-512 or NEON, and unset BYTEEDIT_KERNELS")
  }

  private func blas() -> Finding {
    let core = BLAS.coreName
    guard core != "none" else {
      return .failed(
        "blas", "libopenblas.so.0 cannot be opened, so products are computed without it",
        do: "install libopenblas0-pthread (Debian)")
    }
    let detail = "OpenBLAS, core \(core)\(BLAS.isForced ? " (forced)" : "")"
    guard BLAS.isFallbackCore else { return .ok("blas", detail) }
    return .warning(
      "blas", detail + ", which is below what this processor can do",
      do: "set OPENBLAS_CORETYPE, for example to Haswell or SkylakeX")
  }

  func threads() -> Finding {
    let limits = ControlGroupLimits(files)
    let usable = AvailableCores.count(affinity: cores, share: limits.processors)
    let perEdit = settings.threads > 0 ? settings.threads : max(1, usable / settings.workers)
    let used = settings.workers * perEdit
    var detail = "\(settings.workers) worker(s) with \(perEdit) thread(s) on \(cores) cores"
    if let share = limits.processors {
      detail += String(format: ", %.2f of them allowed by the control group", share)
      if Double(used) > share.rounded(.up) {
        return .warning(
          "threads", detail,
          do: "set threads to \(max(1, Int(share) / settings.workers)): more are only throttled")
      }
    }
    guard used > cores else { return .ok("threads", detail) }
    return .warning(
      "threads", detail, do: "lower workers or threads: more threads than cores slow each other")
  }
}
