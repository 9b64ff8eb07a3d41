import ArgumentParser
import Hosting

/// `accord`: the command line of the suite, and all five services in one process.
@main
struct AccordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accord",
        abstract: "The agreement between sales and marketing, as running software.",
        discussion: """
            Answers go to standard output (--json: as the service gave them), everything else to standard error. \
            Where the services ask for a token, set ACCORD_TOKEN.

            Exit codes: 0 success; 1 failure; 2 a check found something; 64 wrong usage; 65 bad input; 69 a service \
            cannot be reached, or an address not be listened on; 70 services of up or demo failed while they ran, or did \
            not end in time; 74 a store cannot be opened; 77 not permitted; 78 refused to listen on an address that \
            others reach without a token.

            Example: accord demo
            Example: accord up --data ./accord-data
            """,
        version: "accord \(AccordVersion.text)",
        groupedSubcommands: [
            CommandGroup(name: "Run", subcommands: [DemoCommand.self, UpCommand.self, DoctorCommand.self]),
            CommandGroup(
                name: "Agree",
                subcommands: [AgreementCommand.self, IcpCommand.self, TargetsCommand.self, ScoringCommand.self]),
            CommandGroup(
                name: "Feed",
                subcommands: [ImportCommand.self, LeadsCommand.self, AccountsCommand.self, ReplayCommand.self]),
            CommandGroup(
                name: "Look",
                subcommands: [ReportCommand.self, LeadsCommand.self, JourneyCommand.self, ExplainCommand.self]),
            CommandGroup(name: "Operate", subcommands: [EventsCommand.self]),
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
