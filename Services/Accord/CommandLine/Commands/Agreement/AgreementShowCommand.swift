import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

extension AgreementCommand {
    struct Show: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the agreement in force, a version, or the one in force at a moment.",
            discussion: "Example: accord agreement show --at 2026-07-01T00:00:00Z")

        @Argument(help: "The version's number; the one in force by default.")
        var version: Int64?
        @Option(help: "The moment.", transform: Arguments.instant)
        var at: Instant?
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireGetAgreementResponse {
            try await services.icp.getAgreement(
                .with {
                    $0.version = version ?? 0
                    if let at { $0.at = at.wire }
                })
        }

        func text(_ answer: WireGetAgreementResponse) -> String {
            "\(AgreementText.summary(answer.version))\n\(answer.version.document)"
        }
    }
}
