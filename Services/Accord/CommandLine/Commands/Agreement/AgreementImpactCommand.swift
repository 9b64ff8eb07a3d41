import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import RPC
import SwiftProtobuf

extension AgreementCommand {
    struct Impact: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "How many stored leads another agreement would give another grade, stage or owner.",
            discussion: """
                Example: accord agreement impact agreement.yaml --examples 3

                Nothing is stored, and no rep's turn is taken.
                """)

        @Argument(help: "The agreement: the number of a version or a draft, or a file.")
        var agreement: AgreementSource
        @Option(help: "What it is compared with; the version in force by default.")
        var against: AgreementSource?
        @Option(help: "Leads to name for each kind of change: 0 to 100.")
        var examples: Int32 = 10
        @Option(
            help: "How long it may take, such as 2m; it tells what it could not look at.", transform: Arguments.span)
        var timeout: TimeSpan = .minutes(2)
        @Flag(help: "Print a page to look at.")
        var html = false
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireGetImpactResponse {
            let (after, before) = (try agreement.reference, try against?.reference)
            return try await services.icp.getImpact(
                .with {
                    $0.after = after
                    if let before { $0.before = before }
                    $0.examples = examples
                    $0.html = html
                }, CallOptions(timeout: .microseconds(timeout.microseconds)))
        }

        func text(_ answer: WireGetImpactResponse) -> String {
            html ? answer.html : ImpactText.text(answer.impact)
        }
    }
}

/// An impact in words.
enum ImpactText {
    static func text(_ impact: WireImpact) -> String {
        let opening =
            "\(impact.leads) leads as of \(Instant(impact.asOf).text): \(impact.becomeMql) become an MQL, "
            + "\(impact.ceaseMql) are none any more, \(impact.gradeChanges) have another grade, "
            + "\(impact.ownerChanges) would go to someone else"
        let tables = [
            movements("stage", impact.stages), movements("grade", impact.grades), movements("owner", impact.owners),
            examples(impact.examples),
        ]
        let gaps = impact.notComputed.map { gap in
            "! \(gap.what.replacing("_", with: " "))\(gap.leads > 0 ? " of \(gap.leads) leads" : ""): \(gap.reason)"
        }
        return ([opening] + tables.compactMap { $0 } + gaps).joined(separator: "\n\n")
    }

    /// Nil where nothing moves.
    private static func movements(_ what: String, _ movements: [WireMovement]) -> String? {
        let moved = movements.filter { $0.from != $0.to }
        guard !moved.isEmpty else { return nil }
        var table = TextTable([what, "becomes", "leads"])
        for movement in moved {
            table.add([movement.from.isEmpty ? "none" : movement.from, movement.to, "\(movement.leads)"])
        }
        return table.text
    }

    private static func examples(_ examples: [WireImpactExample]) -> String? {
        guard !examples.isEmpty else { return nil }
        var table = TextTable(["lead", "company", "score", "grade", "stage", "would go to"])
        for example in examples {
            table.add([
                example.leadID, example.company,
                change(Format.fixed(example.totalBefore, 1), Format.fixed(example.totalAfter, 1)),
                change(example.gradeBefore, example.gradeAfter), change(example.stageBefore, example.stageAfter),
                change(example.ownerBefore, example.ownerAfter),
            ])
        }
        return table.text
    }

    private static func change(_ before: String, _ after: String) -> String {
        before == after ? after : "\(before.isEmpty ? "none" : before) -> \(after.isEmpty ? "none" : after)"
    }
}
