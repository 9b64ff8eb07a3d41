import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

extension AgreementCommand {
    struct Propose: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Store a file as the next version, or propose a draft; it takes effect when both sides have signed.",
            discussion: "Example: accord agreement propose agreement.yaml --by ops@example.com")

        @Argument(help: "The agreement: YAML or JSON, or the number of a draft.")
        var agreement: AgreementSource
        @Option(help: "Who proposes it.")
        var by: String
        @Option(
            help: "When it shall take effect, such as 2026-12-01T00:00:00Z; at once by default.",
            transform: Arguments.instant)
        var effectiveAt: Instant?
        @Option(help: "Why.")
        var comment = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireProposeAgreementResponse {
            let source = try agreement.reference
            return try await services.icp.proposeAgreement(
                .with {
                    $0.document = source.document
                    $0.draft = source.version
                    $0.proposedBy = by
                    $0.comment = comment
                    if let effectiveAt { $0.effectiveAt = effectiveAt.wire }
                })
        }

        func text(_ answer: WireProposeAgreementResponse) -> String {
            (["proposed version \(answer.version.version), digest \(answer.version.digest)"]
                + answer.changes.map { "  \($0.sentence)" }
                + answer.warnings.map { "  warning: line \($0.line): \(AgreementText.sentence($0))" }).joined(
                    separator: "\n")
        }
    }
}
