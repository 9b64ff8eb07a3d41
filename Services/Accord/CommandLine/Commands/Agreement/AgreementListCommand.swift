import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension AgreementCommand {
    struct List: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all versions, newest first.", discussion: "Example: accord agreement list")

        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireListAgreementsResponse {
            try await Pages.joined { token in
                try await services.icp.listAgreements(.with { $0.page.pageToken = token })
            } join: {
                $0.versions += $1.versions
                $0.nextPageToken = $1.nextPageToken
            }
        }

        func text(_ answer: WireListAgreementsResponse) -> String {
            guard !answer.versions.isEmpty else { return "no agreement has been proposed" }
            return answer.versions.map(AgreementText.summary).joined(separator: "\n")
        }
    }
}
