import AccordSuite
import ArgumentParser
import Contracts
import Foundation
import SwiftProtobuf

extension AgreementCommand {
    struct Draft: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a file as a draft, to be compared and discussed; no one can sign it yet.",
            discussion: "Example: accord agreement draft agreement.yaml --by ops@example.com")

        @Argument(help: "The agreement: YAML or JSON.")
        var file: String
        @Option(help: "Who drafts it.")
        var by: String
        @Option(help: "Why.")
        var comment = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireDraftAgreementResponse {
            let document = try String(contentsOfFile: file, encoding: .utf8)
            return try await services.icp.draftAgreement(
                .with {
                    $0.document = document
                    $0.draftedBy = by
                    $0.comment = comment
                })
        }

        func text(_ answer: WireDraftAgreementResponse) -> String {
            (["draft \(answer.version.version), digest \(answer.version.digest)"]
                + answer.changes.map { "  \($0.sentence)" }).joined(separator: "\n")
        }
    }
}
