import ArgumentParser

struct AgreementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreement", abstract: "The agreement: start, check, compare, propose, sign, show and review it.",
        subcommands: [
            Init.self,
            Schema.self,
            Lint.self,
            Diff.self,
            Impact.self,
            Draft.self,
            Propose.self,
            Sign.self,
            Reject.self,
            Withdraw.self,
            Show.self,
            List.self,
            History.self,
            Reviews.self,
            Review.self,
        ])
}
