import AccordTesting
import Contracts
import Foundation
import GRDB
import Hosting
import SwiftProtobuf
import Testing

/// Events that a subscriber cannot apply, as whoever operates the five services meets them.
@Suite(.serialized) struct RefusedEventTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Lets Metrics refuse the score changes of a lead: a fault of its store, as a bad disk or hand would leave it.
    private func poison(_ lead: String) async throws {
        try await metricsStore().write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER "poison \(lead)" BEFORE INSERT ON score_change
                    WHEN (SELECT lead_id FROM lead WHERE number = NEW.lead) = '\(lead)'
                    BEGIN SELECT RAISE(ABORT, 'poisoned'); END
                    """)
        }
    }

    private func mend(_ lead: String) async throws {
        try await metricsStore().write { try $0.execute(sql: "DROP TRIGGER \"poison \(lead)\"") }
    }

    private func metricsStore() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: folder.path("data/metrics.sqlite"), configuration: configuration)
    }

    private func parked(_ suite: RunningSuite) async throws -> [WireParkedEvent] {
        let run = try await suite.accord("events", "parked", "scoring", "--json")
        return try WireListParkedResponse(jsonString: run.output).parked
    }

    private func journey(_ suite: RunningSuite, _ lead: String) async throws -> [String] {
        let run = try await suite.accord("journey", lead, "--json")
        return try WireGetJourneyResponse(jsonString: run.output).steps.map { $0.kind == "stage" ? $0.title : $0.kind }
    }

    @Test func parkedEventsAreListedTriedAgainAndGivenUp() async throws {
        let suite = try await RunningSuite.start(data: folder.path("data"), arguments: ["--relay-attempts", "1"])
        try await suite.agree(on: folder.file("agreement.yaml", Samples.agreement))
        try await suite.settled()
        for lead in ["l-2", "l-4"] { try await poison(lead) }
        _ = try await suite.importing("leads", Samples.leads(4), Samples.leadsMapping, in: folder)

        let parked = try await eventually {
            try await self.parked(suite)
        } until: {
            $0.count == 2
        }
        #expect(parked.map(\.event.key).sorted() == ["l-2", "l-4"])
        #expect(Set(parked.map(\.subscriber)) == ["metrics"])
        #expect(parked.map(\.attempts) == [1, 1] && !parked.map(\.error).contains(""))
        // That the lead qualified waits behind its score; the other leads go on.
        #expect(parked.map(\.held) == [1, 1])
        #expect(try await journey(suite, "l-1") == ["Inquiry from webinar"])
        let listed = try await suite.accord("events", "parked", "scoring")
        #expect(listed.code == 0)
        for event in parked { #expect(listed.output.contains(event.event.eventID), "\(listed.output)") }
        let doctor = try await suite.accord("doctor")
        #expect(doctor.code == 2)
        #expect(doctor.output.contains("2 parked; see accord events parked scoring"), "\(doctor.output)")

        // Tried again before the cause is mended, it is parked again.
        let first = try #require(parked.first { $0.event.key == "l-2" })
        let second = try #require(parked.first { $0.event.key == "l-4" })
        let early = try await suite.accord("events", "retry", "scoring", first.event.eventID)
        #expect(early.code == 0 && early.output == "1 to be tried again\n", "\(early.errors)")
        let again = try await eventually {
            try await self.parked(suite)
        } until: {
            $0.count == 2
        }
        #expect(again.first { $0.event.key == "l-2" }.map { $0.parkedAt.date > first.parkedAt.date } == true)

        for lead in ["l-2", "l-4"] { try await mend(lead) }
        _ = try await suite.accord("events", "retry", "scoring", first.event.eventID)
        let mended = try await eventually {
            try await journey(suite, "l-2")
        } until: {
            $0.contains("MQL by threshold")
        }
        #expect(mended.contains("score") && mended.contains("MQL by threshold"), "\(mended)")

        let dropped = try await suite.accord("events", "drop", "scoring", second.event.eventID)
        #expect(dropped.code == 0 && dropped.output == "1 dropped\n", "\(dropped.errors)")
        let rest = try await eventually {
            try await journey(suite, "l-4")
        } until: {
            $0.contains("MQL by threshold")
        }
        #expect(!rest.contains("score") && rest.contains("MQL by threshold"), "\(rest)")
        #expect(try await suite.accord("events", "parked", "scoring").output == "nothing is parked\n")
        #expect(try await suite.accord("doctor").code == 0)
        #expect(await suite.terminate() == [0, 0, 0, 0, 0])
    }

    @Test func theDoctorNamesAServiceThatIsDown() async throws {
        let suite = try await RunningSuite.start(data: folder.path("data"))
        try await suite.agree(on: folder.file("agreement.yaml", Samples.agreement))
        #expect(try await suite.accord("doctor").code == 0)
        await suite.services.first { $0.name == .routing }?.executable.killNow()
        let doctor = try await suite.accord("doctor")
        #expect(doctor.code == 2 && doctor.errors == "")
        let failed = doctor.output.split(separator: "\n").filter { $0.contains("FAIL") }
        #expect(!failed.isEmpty && failed.allSatisfy { $0.hasPrefix("routing ") }, "\(doctor.output)")
        #expect(failed.contains { $0.contains("reachable") && $0.contains("no answer") })
        await suite.terminate()
    }
}
