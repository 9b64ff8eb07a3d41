import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension AgreementCommand {
    struct Diff: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "What differs between two agreements, in the words of the business.",
            discussion: """
                Example: accord agreement diff 3 agreement.yaml

                With one agreement, it is compared with the version in force.
                """)

        @Argument(help: "One or two of: the number of a version, or a file. The older one comes first.")
        var agreements: [AgreementSource]
        @Flag(help: "Print a page to look at.")
        var html = false
        @OptionGroup var options: AnswerOptions

        func validate() throws {
            guard agreements.count <= 2 else {
                throw ValidationError("\(agreements.count) agreements: expected one or two")
            }
        }

        func ask(_ services: SuiteClients) async throws -> WireDiffAgreementsResponse {
            let references = try agreements.map { try $0.reference }
            return try await services.icp.diffAgreements(
                .with {
                    if references.count == 2 { $0.before = references[0] }
                    if let after = references.last { $0.after = after }
                    $0.html = html
                })
        }

        func text(_ answer: WireDiffAgreementsResponse) -> String { html ? answer.html : answer.text }
    }
}
