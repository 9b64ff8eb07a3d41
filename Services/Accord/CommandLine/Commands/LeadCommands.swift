import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

struct ExplainCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Explain a lead's score, point by point.",
        discussion: "Example: accord explain lead-42 --as-of 2026-08-01T00:00:00Z")

    @Argument(help: "The lead's id.")
    var lead: String
    @Option(help: "The moment; now by default.", transform: Arguments.instant)
    var asOf: Instant?
    @OptionGroup var options: AnswerOptions

    func ask(_ services: SuiteClients) async throws -> WireExplainScoreResponse {
        try await services.scoring.explainScore(
            .with {
                $0.leadID = lead
                if let asOf { $0.asOf = asOf.wire }
            })
    }

    func text(_ answer: WireExplainScoreResponse) -> String {
        let score = answer.score
        var table = TextTable(["rule", "group", "points", "raw", "evidence"])
        for entry in answer.ledger {
            table.add([entry.rule, entry.group, "\(entry.shown)", Format.fixed(entry.raw, 1), entry.evidence])
        }
        let history = answer.history.map { change in
            "  \(Instant(change.at).text)  \(Format.fixed(change.before, 1)) -> \(Format.fixed(change.after, 1))"
                + "  \(change.cause)"
        }
        let heading =
            "\(lead): \(score.shown) points, grade \(score.grade), agreement version \(score.agreementVersion)"
        return ([heading, table.text] + history).joined(separator: "\n")
    }
}

struct JourneyCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "journey", abstract: "Show everything that happened to one lead.",
        discussion: "Example: accord journey lead-42")

    @Argument(help: "The lead's id.")
    var lead: String
    @OptionGroup var options: AnswerOptions

    func ask(_ services: SuiteClients) async throws -> WireGetJourneyResponse {
        try await services.metrics.getJourney(.with { $0.leadID = lead })
    }

    func text(_ answer: WireGetJourneyResponse) -> String { Reports.journey(answer) }
}
