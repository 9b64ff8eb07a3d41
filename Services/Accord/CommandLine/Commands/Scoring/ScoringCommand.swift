import ArgumentParser

struct ScoringCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scoring", abstract: "How leads are scored, and how well.",
        subcommands: [
            ScoringBacktestCommand.self, ScoringCalibrateCommand.self, ScoringDriftCommand.self,
            ScoringRescoreCommand.self,
        ])
}
