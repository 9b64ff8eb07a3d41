import AccordSuite
public import ArgumentParser
import Contracts
public import Hosting
import Kernel
import SwiftProtobuf

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Look at what a service tells, and deal with what was refused.",
        subcommands: [Parked.self, Retry.self, Drop.self, Tail.self])

    struct ServiceArgument: ParsableArguments {
        @Argument(help: "icp, scoring, routing, sla or metrics.")
        var service: ServiceName
    }

    struct Parked: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List events that a subscriber refused too often.",
            discussion: "Example: accord events parked scoring")

        @OptionGroup var service: ServiceArgument
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let response = try await connection.connected { clients in
                try await Pages.joined { token in
                    try await clients.events(of: service.service).listParked(.with { $0.page.pageToken = token })
                } join: {
                    $0.parked += $1.parked
                    $0.nextPageToken = $1.nextPageToken
                }
            }
            if output.json { return try Terminal.say(json: response) }
            for parked in response.parked {
                Terminal.say(
                    "\(parked.event.eventID)  \(parked.subscriber)  \(parked.event.key)  \(parked.attempts) attempts, "
                        + "\(parked.held) held behind it: \(parked.error)")
            }
            if response.parked.isEmpty { Terminal.say("nothing is parked") }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try parked events again; all of them when none is named.",
            discussion: "Example: accord events retry scoring 3m2c...")

        @OptionGroup var service: ServiceArgument
        @Argument(help: "Ids of events.")
        var ids: [String] = []
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let response = try await connection.connected { clients in
                try await clients.events(of: service.service).retryParked(.with { $0.eventIds = ids })
            }
            if output.json { return try Terminal.say(json: response) }
            Terminal.say("\(response.retried) to be tried again")
        }
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give parked events up; what waits behind them goes on.",
            discussion: "Example: accord events drop scoring 3m2c...")

        @OptionGroup var service: ServiceArgument
        @Argument(help: "Ids of events.")
        var ids: [String]
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let response = try await connection.connected { clients in
                try await clients.events(of: service.service).dropParked(.with { $0.eventIds = ids })
            }
            if output.json { return try Terminal.say(json: response) }
            Terminal.say("\(response.dropped) dropped")
        }
    }

    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what a service told after a position, oldest first.",
            discussion: "Example: accord events tail routing --after 0 --limit 20")

        @OptionGroup var service: ServiceArgument
        @Option(help: "A position of the outbox.")
        var after: Int64 = 0
        @Option(help: "At most so many, 1 to 500.")
        var limit: Int32 = 100
        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let response = try await connection.connected { clients in
                try await clients.events(of: service.service).tailEvents(
                    .with {
                        $0.afterPosition = after
                        $0.limit = limit
                    })
            }
            if output.json { return try Terminal.say(json: response) }
            for tailed in response.events {
                let event = tailed.event
                let kind = event.payload?.kind.rawValue ?? "unknown"
                Terminal.say("\(tailed.position)  \(Instant(event.occurredAt).text)  \(kind)  \(event.key)")
            }
        }
    }
}

extension ServiceName: ExpressibleByArgument {}
