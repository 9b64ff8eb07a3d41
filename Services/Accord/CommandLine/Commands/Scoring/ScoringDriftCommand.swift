import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

struct ScoringDriftCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Whether leads, and what the score says of them, are still as they were.",
        discussion: """
            Nothing is stored or changed.

            Example: accord scoring drift
            Example: accord scoring drift --outcome accepted --horizon 30d --interval week
            Example: accord scoring drift --reference 2026-01-01..2026-04-01 --current 2026-04-01..2026-05-01
            """)

    @Option(help: "What counts as success: accepted, sql or won.")
    var outcome = "won"
    @Option(help: "qualified: leads as they were when they qualified; created: all leads, some time after they came.")
    var population = "qualified"
    @Option(help: "Of --population created: how long after they came; 14d by default.")
    var observation = ""
    @Option(help: "Within which time success counts; 90d by default.")
    var horizon = ""
    @Option(help: "Leads seen in FROM..TO, half open; the 90 days before --current.", transform: Arguments.period)
    var reference: WirePeriod?
    @Option(help: "Leads seen in FROM..TO, half open; the last 30 days.", transform: Arguments.period)
    var current: WirePeriod?
    @Option(help: "Of calibration over time: month or week.")
    var interval = "month"
    @Option(help: "A field to leave out, such as custom.crm_stage; again for more.")
    var exclude: [String] = []
    @OptionGroup var options: AnswerOptions

    func ask(_ services: SuiteClients) async throws -> WireDetectDriftResponse {
        try await services.scoring.detectDrift(
            .with {
                $0.outcome = outcome
                $0.population = population
                $0.observation = observation
                $0.horizon = horizon
                if let reference { $0.reference = reference }
                if let current { $0.current = current }
                $0.interval = interval
                $0.exclude = exclude
            })
    }

    func text(_ answer: WireDetectDriftResponse) -> String {
        DriftText.report(answer)
    }
}
