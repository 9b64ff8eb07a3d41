import AccordSuite
import ArgumentParser
import Contracts
import SwiftProtobuf

extension TargetsCommand {
    struct Sign: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign a revision for one side.",
            discussion: "Example: accord targets sign named-2027 1 --side sales --signer vp.sales@example.com")

        @Argument(help: "The list's id.")
        var list: String
        @Argument(help: "The revision's number.")
        var revision: Int64
        @Option(help: "For whom.")
        var side: WireSide
        @Option(help: "Who signs.")
        var signer: String
        @Option(help: "The digest that the signer has seen; refused when the revision has another.")
        var digest = ""
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireSignTargetListResponse {
            try await services.icp.signTargetList(
                .with {
                    $0.listID = list
                    $0.revision = revision
                    $0.side = side
                    $0.signer = signer
                    $0.digest = digest
                })
        }

        func text(_ answer: WireSignTargetListResponse) -> String { TargetText.summary(answer.revision) }
    }
}
