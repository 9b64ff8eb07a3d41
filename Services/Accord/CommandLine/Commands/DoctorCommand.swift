import AccordSuite
import ArgumentParser

struct DoctorCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check every service: reachable, ready, clock, agreement, reviews, outbox.",
        discussion: "Example: accord doctor --port-base 7100")

    @OptionGroup var options: AnswerOptions

    func ask(_ services: SuiteClients) async throws -> [Finding] {
        try await Checkup(addresses: options.connection.addresses(), token: options.connection.token).findings(services)
    }

    func text(_ answer: [Finding]) -> String {
        var table = TextTable(["service", "check", "result", "what was seen"])
        for finding in answer {
            table.add([finding.service, finding.check, finding.passed ? "PASS" : "FAIL", finding.evidence])
        }
        return table.text
    }

    func judge(_ answer: [Finding]) throws {
        if answer.contains(where: { !$0.passed }) { throw ExitReason.found }
    }
}
