/// How a pool of workers behaves.
package struct WorkerSettings: Sendable, Hashable {
  /// Edits at the same time, each on a thread of its own.
  package var count = 1
  /// How long a worker may be silent before its job goes to another.
  package var lease = Duration.seconds(30)
  package var heartbeatInterval = Duration.seconds(8)
  /// How often idle workers look by themselves; being woken is only faster.
  package var pollInterval = Duration.seconds(1)
  /// Progress is written at most this often, but always at a candidate's last step.
  package var progressInterval = Duration.milliseconds(100)
  /// An attempt that takes longer counts as stalled and loses its lease.
  package var attemptLimit = Duration.seconds(1800)
  /// How far an edit is, is kept this often, so that another attempt goes on from there; 0 = never.
  package var checkpointInterval = Duration.seconds(10)
  /// Bytes of a checkpoint; a larger one is not kept.
  package var checkpointLimit = 64 << 20
  /// Added to the nice value of the workers' threads, so that serving goes before computing.
  package var niceness: Int32 = 10
  /// Bytes of stack per worker thread.
  package var stackSize = 8 << 20

  package init() {}
}
