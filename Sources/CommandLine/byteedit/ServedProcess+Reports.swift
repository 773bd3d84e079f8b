import API
import Compute
import Editing
import Foundation
import Logging
import Rewards
import ServeSettings

extension ServedProcess {
  /// Says what computes, and warns where the machine is left unused.
  func reportEngine(_ editor: Editor) {
    logger.info(
      "model loaded",
      metadata: [
        "model": "\(editor.model.name)", "model_hash": "\(editor.model.hash)",
        "build": "\(editor.build)", "kernel_set": "\(KernelSet.active.rawValue)",
        "blas_core": "\(BLAS.coreName)", "blas_core_forced": "\(BLAS.isForced)",
        "weights": "\(editor.model.storage.rawValue)",
        "adapters": "\(AdapterOption.text(settings.adapters))",
      ])
    reportJudges(editor.judges)
    if BLAS.isFallbackCore {
      logger.warning(
        "OpenBLAS uses a fallback core and will be slow; set OPENBLAS_CORETYPE",
        metadata: ["blas_core": "\(BLAS.coreName)"])
    }
  }

  /// Says which variables look like settings and are none.
  func reportUnknownVariables() {
    let unknown = ServeConfiguration.unknownVariables(ProcessInfo.processInfo.environment)
    if !unknown.isEmpty {
      logger.warning(
        "environment variables that are no settings are ignored",
        metadata: ["variables": "\(unknown.joined(separator: " "))"])
    }
  }

  /// Says what scores, and what does not.
  private func reportJudges(_ judges: Judges) {
    for kind in JudgeKind.allCases {
      guard let judge = judges[kind] else {
        logger.notice("judge is off, its scores are null", metadata: ["judge": "\(kind.rawValue)"])
        continue
      }
      let description = JudgeDescription(judge)
      logger.info(
        "judge loaded",
        metadata: [
          "judge": "\(description.judge)", "judge_model": "\(description.model)",
          "judge_hash": "\(description.hash)", "calibration": "\(description.calibration)",
        ])
    }
  }
}
