import AccordSuite
public import ArgumentParser
import Contracts
public import Hosting
import Kernel
import SwiftProtobuf

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Look at what a service tells, and deal with what was refused.",
        subcommands: [Parked.self, Retry.self, Drop.self, Tail.self, EventsRewindCommand.self])

    struct ServiceArgument: ParsableArguments {
        @Argument(help: "Whose events.")
        var service: ServiceName
    }

    struct Parked: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "List events that a subscriber refused too often.",
            discussion: "Example: accord events parked scoring")

        @OptionGroup var of: ServiceArgument
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireListParkedResponse {
            try await Pages.joined { token in
                try await services.events(of: of.service).listParked(.with { $0.page.pageToken = token })
            } join: {
                $0.parked += $1.parked
                $0.nextPageToken = $1.nextPageToken
            }
        }

        func text(_ answer: WireListParkedResponse) -> String {
            guard !answer.parked.isEmpty else { return "nothing is parked" }
            return answer.parked.map { parked in
                "\(parked.event.eventID)  \(parked.subscriber)  \(parked.event.key)  \(parked.attempts) attempts, "
                    + "\(parked.held) held behind it: \(parked.error)"
            }.joined(separator: "\n")
        }
    }

    struct Retry: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try parked events again; all of them when none is named.",
            discussion: "Example: accord events retry scoring 3m2c...")

        @OptionGroup var of: ServiceArgument
        @Argument(help: "Ids of events.")
        var ids: [String] = []
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireRetryParkedResponse {
            try await services.events(of: of.service).retryParked(.with { $0.eventIds = ids })
        }

        func text(_ answer: WireRetryParkedResponse) -> String { "\(answer.retried) to be tried again" }

        func judge(_ answer: WireRetryParkedResponse) throws {
            if !ids.isEmpty { try NamedEvents.check(ids, found: answer.retried) }
        }
    }

    struct Drop: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give parked events up; what waits behind them goes on.",
            discussion: "Example: accord events drop scoring 3m2c...")

        @OptionGroup var of: ServiceArgument
        @Argument(help: "Ids of events.")
        var ids: [String]
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireDropParkedResponse {
            try await services.events(of: of.service).dropParked(.with { $0.eventIds = ids })
        }

        func text(_ answer: WireDropParkedResponse) -> String { "\(answer.dropped) dropped" }

        func judge(_ answer: WireDropParkedResponse) throws {
            try NamedEvents.check(ids, found: answer.dropped)
        }
    }

    struct Tail: AnswerCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what a service told after a position, oldest first.",
            discussion: "Example: accord events tail routing --after 0 --limit 20")

        @OptionGroup var of: ServiceArgument
        @Option(help: "A position of the outbox.")
        var after: Int64 = 0
        @Option(help: "At most so many, 1 to 500.")
        var limit: Int32 = 100
        @OptionGroup var options: AnswerOptions

        func ask(_ services: SuiteClients) async throws -> WireTailEventsResponse {
            try await services.events(of: of.service).tailEvents(
                .with {
                    $0.afterPosition = after
                    $0.limit = limit
                })
        }

        func text(_ answer: WireTailEventsResponse) -> String {
            guard !answer.events.isEmpty else { return "nothing after \(after)" }
            return answer.events.map { tailed in
                let kind = tailed.event.payload?.kind.rawValue ?? "unknown"
                return "\(tailed.position)  \(Instant(tailed.event.occurredAt).text)  \(kind)  \(tailed.event.key)"
            }.joined(separator: "\n")
        }
    }
}

/// Events that were named one by one.
private enum NamedEvents {
    /// - Throws: ``ExitReason/badInput`` where fewer were parked than named.
    static func check(_ ids: [String], found: some BinaryInteger) throws {
        let missing = Set(ids).count - Int(found)
        guard missing > 0 else { return }
        Terminal.complain("\(missing) of the ids that were named \(missing == 1 ? "is" : "are") not parked")
        throw ExitReason.badInput
    }
}

extension ServiceName: ExpressibleByArgument {}
