import AccordSuite
import ArgumentParser

extension AccountsCommand {
    struct Import: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send the rows of a CSV file as accounts: `accord import accounts` by another name.",
            discussion: "Example: accord accounts import accounts.csv --mapping accounts-mapping.yaml")

        @OptionGroup var source: ImportSource
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> ImportOutcome {
            try await source.send(.accounts, to: services, options.connection)
        }

        func text(_ answer: ImportOutcome) -> String { answer.text }

        func judge(_ answer: ImportOutcome) throws { try answer.judge() }
    }
}
