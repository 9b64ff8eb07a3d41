import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

/// A person who is erased, through all five services and down to the bytes of their files.
@Suite struct ErasedPersonTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock(Instant(seconds: 1_780_000_000))

    private static let planted = [
        "ottoline@wozzle.example", "Ottoline Quibble", "Wozzle Works", "the-contessa", "/private-page", "q-4711",
    ]

    private static let agreement = """
        name: Erasing
        fields:
          - {name: nickname, type: text}
        scoring:
          fit:
            - {id: size, points: 80, when: {field: company.employees, op: gte, value: 100}}
          engagement:
            - {id: visit, event: page_view, points: 10, cap: 60}
          qualification: {threshold: 45}
        routing:
          fallback_pool: everyone
        sla:
          calendars:
            - {id: always, zone: UTC, hours: [{days: [mon, tue, wed, thu, fri, sat, sun], intervals: ["00:00-24:00"]}]}
          timers:
            - {id: accept, duration: 8h, calendar: always, stops_on: [accepted, rejected]}
        """

    init() throws {
        folder = try TemporaryFolder()
    }

    private func withSuite<Value>(_ body: (HostedSuite) async throws -> Value) async throws -> Value {
        var settings = HostedSuite.Settings(folder: folder.url.path, telemetry: .silent)
        settings.portBase = 0
        settings.runsDuties = false
        settings.clock = clock
        let suite = try await HostedSuite.start(settings)
        let value = try await body(suite)
        try await suite.close()
        return value
    }

    private func begin(_ suite: HostedSuite) async throws {
        try await DemoDriver.agree(on: Self.agreement, suite.clients)
        try await suite.settle()
        _ = try await suite.clients.routing.upsertReps(
            .with {
                $0.reps = [
                    .with {
                        $0.repID = "rob"
                        $0.name = "Rob"
                        $0.team = "all"
                    }
                ]
            })
        _ = try await suite.clients.routing.upsertPools(
            .with {
                $0.pools = [
                    .with {
                        $0.poolID = "everyone"
                        $0.name = "Everyone"
                        $0.members = [.with { $0.repID = "rob" }]
                    }
                ]
            })
        let leads = [ana("ana"), ana("ana-2"), lead("ben")]
        let visits = leads.map(\.leadID).map { id in
            WireEngagement.with {
                $0.engagementID = "visit-\(id)"
                $0.leadID = id
                $0.kind = "page_view"
                $0.contentID = id == "ben" ? "/pricing" : "/private-page"
                $0.occurredAt = clock.now().wire
            }
        }
        let answer = try await suite.clients.scoring.upsertLeads(
            .with {
                $0.leads = leads
                $0.engagements = visits
            })
        try #require((answer.results + answer.engagementResults).allSatisfy { $0.status == .created })
        try await suite.settle()
        clock.advance(by: .hours(10))
        try await suite.settle()
    }

    private func lead(_ id: String) -> WireLead {
        .with {
            $0.leadID = id
            $0.source = "webinar"
            $0.company.name = "Benson Ltd"
            $0.company.employees = 450
        }
    }

    private func ana(_ id: String) -> WireLead {
        var lead = lead(id)
        lead.person.name = "Ottoline Quibble"
        lead.person.email = "ottoline@wozzle.example"
        lead.company.name = "Wozzle Works"
        lead.custom["nickname"] = Google_Protobuf_Value(stringValue: "the-contessa")
        lead.externalIds = [
            .with {
                $0.source = "hubspot"
                $0.id = "q-4711"
            }
        ]
        return lead
    }

    private func erase(_ suite: HostedSuite) async throws {
        let answer = try await suite.clients.scoring.eraseLead(
            .with {
                $0.leadID = "ana-2"
                $0.erasedBy = "rita"
            })
        #expect(answer.leadIds == ["ana", "ana-2"])
        try await suite.settle()
    }

    /// Of a service, those that contain something of the person.
    private func files(of service: ServiceName) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        return try names.filter { name in
            guard name.hasPrefix(service.rawValue) else { return false }
            let bytes = try Data(contentsOf: folder.url.appending(path: name))
            return Self.planted.contains { bytes.range(of: Data($0.utf8)) != nil }
        }
    }

    private func about(_ id: String, _ suite: HostedSuite) async throws -> [String] {
        let clients = suite.clients
        return [
            try await clients.scoring.explainScore(.with { $0.leadID = id }).jsonString(),
            try await clients.routing.listHandoffs(.init()).handoffs.filter { $0.leadID == id }
                .map { try $0.jsonString() }.joined(),
            try await clients.sla.listTimers(.init()).timers.filter { $0.leadID == id }
                .map { try $0.jsonString() }.joined(),
            try await clients.metrics.getJourney(.with { $0.leadID = id }).jsonString(),
        ]
    }

    @Test(.timeLimit(.minutes(5))) func `Scoring's files have nothing of an erased person`() async throws {
        try await withSuite { try await begin($0) }
        #expect(try files(of: .scoring) == ["scoring.sqlite"])
        try await withSuite { try await erase($0) }
        #expect(try files(of: .scoring).isEmpty)
    }

    @Test(.timeLimit(.minutes(5)))
    func `no file has anything of an erased person, and nothing else changes`() async throws {
        let before = try await withSuite { suite in
            try await begin(suite)
            return (try await about("ben", suite), try await suite.clients.metrics.getFunnel(.init()).total)
        }
        for service in [ServiceName.scoring, .routing, .metrics] { #expect(try !files(of: service).isEmpty) }
        try await withSuite { suite in
            try await erase(suite)
            #expect(try await about("ben", suite) == before.0)
            #expect(try await suite.clients.metrics.getFunnel(.init()).total == before.1)
            for service in ServiceName.allCases {
                #expect(try await suite.clients.events(of: service).listParked(.init()).parked.isEmpty)
            }
        }
        for service in ServiceName.allCases { #expect(try files(of: service).isEmpty, "\(service)") }
    }
}
