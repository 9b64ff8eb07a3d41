public import AccordSuite
public import ArgumentParser
import Foundation

struct ImportCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Send the rows of a CSV file: leads, engagements, accounts, opportunities or touches.",
        discussion: """
            A mapping file says where each field comes from. Rows that were sent already change nothing, and an import \
            that was interrupted goes on behind the last batch that was acknowledged, and tells at its end what was \
            refused before, too.

            Example: accord import leads leads.csv --mapping leads-mapping.yaml
            """)

    @Argument(help: "What the file holds; it has to be the mapping's kind.")
    var kind: ImportKind
    @OptionGroup var source: ImportSource
    @OptionGroup var options: AnswerOptions

    func ask(_ services: SuiteClients) async throws -> ImportOutcome {
        try await source.send(kind, to: services, options.connection)
    }

    func text(_ answer: ImportOutcome) -> String { answer.text }

    func judge(_ answer: ImportOutcome) throws { try answer.judge() }
}

/// A CSV file, and how it is sent.
struct ImportSource: ParsableArguments {
    @Argument(help: "The CSV file, in UTF-8, with a heading.")
    var file: String
    @Option(help: "The mapping file.")
    var mapping: String
    @Option(help: "Rows in a request, 1 to 1000.")
    var batch = 500
    @Flag(help: "Begin with the first row, whatever was sent before.")
    var fromStart = false

    func validate() throws {
        guard (1...1_000).contains(batch) else { throw ValidationError("--batch \(batch): expected 1 to 1000") }
    }

    func send(
        _ kind: ImportKind, to services: SuiteClients, _ connection: ConnectionOptions
    ) async throws -> ImportOutcome {
        let job = try ImportJob(kind: kind, file: file, mapping: mapping, batch: batch)
        let checkpoint = ImportCheckpoint(job: job.digest, target: try connection.target())
        var progress = ProgressLine("importing \(kind.rawValue)")
        defer { progress.end() }
        return try await job.run(services, keeping: checkpoint, fromStart: fromStart) { done, total in
            progress.show(done, of: total)
        }
    }
}

extension ImportOutcome {
    var text: String {
        "\(created) created, \(updated) updated, \(unchanged) unchanged, \(skipped) left out, "
            + "\(resumed) sent earlier, \(refusals.count) refused"
    }

    func judge() throws {
        for refusal in refusals { Terminal.complain(refusal.description) }
        if !refusals.isEmpty { throw ExitReason.badInput }
    }
}

extension ImportKind: ExpressibleByArgument {}
