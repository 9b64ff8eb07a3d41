import AccordSuite
import ArgumentParser
import Hosting
import Kernel

/// Mends what a restored backup lacks.
struct EventsRewindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rewind",
        abstract: "Have a service that is stopped tell its events again, to one that was restored from a backup.",
        discussion: """
            Once it runs again, it tells them. What the other one knows already has no effect there.

            Example: accord events rewind scoring --to metrics --since 2026-11-23T02:00:00Z --data ./accord-data
            """)

    @Argument(help: "Whose events; it must not run.")
    var service: ServiceName
    @Option(help: "Which service was restored.")
    var to: ServiceName
    @Option(help: "When the backup was taken.", transform: Arguments.instant)
    var since: Instant
    @Option(help: "The folder of the store of the service that tells.")
    var data: String
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard service.subscribers.contains(to) else {
            throw ValidationError("--to \(to.rawValue): \(service.rawValue) tells it nothing")
        }
    }

    func run() async throws {
        let rewind = try await EventRewind(of: service, to: to, since: since, folder: data)
        Terminal.say(output.json ? try JSONText.of(Shown(rewind)) : text(rewind))
    }

    private struct Shown: Encodable {
        var count: Int
        var goneBefore: String?

        init(_ rewind: EventRewind) {
            (count, goneBefore) = (rewind.count, rewind.goneBefore?.text)
        }
    }

    private func text(_ rewind: EventRewind) -> String {
        let gone = rewind.goneBefore.map { "; what it told before \($0.text) is kept no more" } ?? ""
        return "\(rewind.count) events are told to \(to.rawValue) again once \(service.rawValue) runs\(gone)"
    }
}
