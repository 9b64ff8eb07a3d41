import ArgumentParser

/// `accord`: the command line of the suite, and all five services in one process.
@main
struct AccordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accord",
        abstract: "The agreement between sales and marketing, as running software.",
        discussion: """
            Exit codes: 0 success, 1 failure, 2 a check found something, 64 wrong usage, 65 bad input, \
            69 a service cannot be reached, 78 bad configuration.
            """,
        subcommands: [
            UpCommand.self, DemoCommand.self, AgreementCommand.self, ImportCommand.self, ReplayCommand.self,
            ExplainCommand.self, JourneyCommand.self, ReportCommand.self, EventsCommand.self, DoctorCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: ExitReason.reported(error))
        }
    }
}
