import AccordSuite
import ArgumentParser

extension LeadsCommand {
    struct Import: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send the rows of a CSV file as leads: `accord import leads` by another name.",
            discussion: "Example: accord leads import leads.csv --mapping leads-mapping.yaml")

        @OptionGroup var source: ImportSource
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> ImportOutcome {
            try await source.send(.leads, to: services, options.connection)
        }

        func text(_ answer: ImportOutcome) -> String { answer.text }

        func judge(_ answer: ImportOutcome) throws { try answer.judge() }
    }
}
