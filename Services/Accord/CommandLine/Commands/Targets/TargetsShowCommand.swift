import AccordSuite
import ArgumentParser
import Contracts
import Kernel
import SwiftProtobuf

extension TargetsCommand {
    struct Show: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the list in force, a revision, or the one in force at a moment.",
            discussion: "Example: accord targets show named-2027 --at 2027-01-01T00:00:00Z")

        @Argument(help: "The list's id.")
        var list: String
        @Option(help: "The revision's number.")
        var revision: Int64 = 0
        @Option(help: "The moment.", transform: Arguments.instant)
        var at: Instant?
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireGetTargetListResponse {
            try await services.icp.getTargetList(
                .with {
                    $0.listID = list
                    $0.revision = revision
                    if let at { $0.at = at.wire }
                })
        }

        func text(_ answer: WireGetTargetListResponse) -> String {
            var table = TextTable(["account", "marketing", "sales", "note"])
            for target in answer.revision.targets {
                table.add([target.accountID, target.marketingOwner, target.salesOwner, target.note])
            }
            return "\(TargetText.summary(answer.revision))\n\(table.text)"
        }
    }
}
