import ArgumentParser

/// The front door: the only place where concrete parts are joined.
@main
struct ByteEdit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "byteedit",
    abstract: "Edits pictures by mask and prompt: inpaint, outpaint, erase.",
    discussion: """
      'byteedit serve' runs the HTTP service and 'byteedit keys' its API keys, 'byteedit edit' does \
      one edit here and now, 'byteedit score' scores a picture, 'byteedit jobs' and 'byteedit \
      doctor' look after a service, and 'byteedit model inspect' looks into a model folder. Every \
      command works with the embedded \
      editor unless --model names another.
      """,
    version: BuildIdentity.version,
    subcommands: [
      ServeCommand.self, WorkerCommand.self, EditCommand.self, ScoreCommand.self,
      ModelCommand.self, DataCommand.self, TrainCommand.self, EvaluateCommand.self,
      KeysCommand.self, JobsCommand.self, DoctorCommand.self, HealthCommand.self,
    ])
}
