import ArgumentParser

struct TargetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "targets", abstract: "Propose, sign and show lists of target accounts.",
        subcommands: [
            Propose.self,
            Sign.self,
            Show.self,
            List.self,
            History.self,
        ])
}
