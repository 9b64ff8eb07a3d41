import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension TargetsCommand {
    struct Propose: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Store a CSV file as the next revision of a list; it takes effect when both sides have signed.",
            discussion: """
                The file has the columns account_id, marketing_owner and sales_owner, and may have note. It is the whole \
                list: what it leaves out is removed.

                Example: accord targets propose named-2027 targets.csv --name "Named accounts" --by rita@example.com
                """)

        @Argument(help: "The list's id.")
        var list: String
        @Argument(help: "The CSV file, in UTF-8, with a heading.")
        var file: String
        @Option(help: "What the list is called.")
        var name: String
        @Option(help: "Who proposes it.")
        var by: String
        @Option(help: "Why.")
        var comment = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireProposeTargetListResponse {
            let targets = try TargetFile.targets(in: file)
            return try await services.icp.proposeTargetList(
                .with {
                    $0.listID = list
                    $0.name = name
                    $0.targets = targets
                    $0.proposedBy = by
                    $0.comment = comment
                })
        }

        func text(_ answer: WireProposeTargetListResponse) -> String {
            (["\(TargetText.summary(answer.revision)), digest \(answer.revision.digest)"]
                + answer.revision.changes.map { "  \($0.sentence)" }).joined(separator: "\n")
        }
    }
}
