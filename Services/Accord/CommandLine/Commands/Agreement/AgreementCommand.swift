import ArgumentParser

struct AgreementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreement", abstract: "Check, propose, sign and show the agreement.",
        subcommands: [
            Lint.self,
            Propose.self,
            Sign.self,
            Show.self,
            List.self,
        ])
}
