import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

struct ExplainCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a lead's score, point by point: its ledger, its history, and what it lacks to be an MQL.",
        discussion: """
            Example: accord explain lead-42 --as-of 2026-08-01T00:00:00Z
            Example: accord explain lead-42 --sentences
            """)

    @Argument(help: "The lead's id.")
    var lead: String
    @Option(help: "The moment; now by default.", transform: Arguments.instant)
    var asOf: Instant?
    @Flag(help: "Print sentences instead of tables.")
    var sentences = false
    @OptionGroup var options: AnswerOptions

    func ask(_ services: SuiteClients) async throws -> WireExplainScoreResponse {
        try await services.scoring.explainScore(
            .with {
                $0.leadID = lead
                if let asOf { $0.asOf = asOf.wire }
            })
    }

    func text(_ answer: WireExplainScoreResponse) -> String {
        if sentences { return answer.sentences.joined(separator: "\n") }
        let score = answer.score
        var table = TextTable(["rule", "group", "points", "raw", "evidence"])
        for entry in answer.ledger {
            table.add([entry.rule, entry.group, "\(entry.shown)", Format.fixed(entry.raw, 1), entry.evidence])
        }
        table.add(["total", "", "\(score.shown)", "", ""])
        let heading =
            "\(answer.leadID): \(score.shown) points, grade \(score.grade), agreement version \(score.agreementVersion)"
        let outlook = answer.sentences.suffix(from: min(1 + answer.ledger.count, answer.sentences.count))
        return ([heading, table.text] + outlook + [history(answer)]).joined(separator: "\n")
    }

    /// When, which rule, how much, and the running total.
    private func history(_ answer: WireExplainScoreResponse) -> String {
        var table = TextTable(["at", "rule", "change", "total", "cause"])
        for change in answer.history {
            let difference = change.shownAfter - change.shownBefore
            table.add([
                Instant(change.at).text, "", signed(difference), "\(change.shownAfter)", change.cause,
            ])
            for rule in change.rules where rule.shown != 0 { table.add(["", rule.rule, signed(rule.shown), "", ""]) }
        }
        return table.text
    }

    private func signed(_ points: Int64) -> String { points > 0 ? "+\(points)" : "\(points)" }
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
