import AccordSuite
import Contracts
import Kernel
import SwiftProtobuf

/// A small agreement, a team, and leads whose fate is known beforehand.
enum FleetAgreement {
    static let text = """
        name: Fleet
        scoring:
          fit:
            - {id: size, points: 80, when: {field: company.employees, op: gte, value: 100}}
          engagement:
            - {id: visit, event: page_view, points: 10, cap: 60}
          qualification: {threshold: 45}
        routing:
          fallback_pool: everyone
          rejection_reasons:
            - {code: no_budget, description: No budget, then: nurture}
        sla:
          calendars:
            - {id: always, zone: UTC, hours: [{days: [mon, tue, wed, thu, fri, sat, sun], intervals: ["00:00-24:00"]}]}
          timers:
            - {id: accept, duration: 8h, calendar: always, stops_on: [accepted, rejected]}
        """

    /// Signs it, and takes on five people in one pool.
    static func establish(_ clients: SuiteClients) async throws {
        try await DemoDriver.agree(on: text, clients)
        _ = try await clients.routing.upsertReps(
            .with {
                $0.reps = (1...5).map { number in
                    .with {
                        $0.repID = "rep-\(number)"
                        $0.name = "Rep \(number)"
                        $0.team = "all"
                    }
                }
            })
        _ = try await clients.routing.upsertPools(
            .with {
                $0.pools = [
                    .with {
                        $0.poolID = "everyone"
                        $0.name = "Everyone"
                        $0.members = (1...5).map { number in .with { $0.repID = "rep-\(number)" } }
                    }
                ]
            })
    }

    /// Every third company is too small to reach the threshold with any engagement: 60 x 0.5 < 45.
    static func qualifies(number: Int) -> Bool { number % 3 != 0 }

    static func qualifies(id: String) -> Bool { Int(id.dropFirst(5)).map(qualifies(number:)) ?? false }

    static func lead(_ number: Int) -> WireLead {
        .with {
            $0.leadID = "lead-\(number)"
            $0.source = number % 2 == 0 ? "webinar" : "organic_search"
            $0.company.name = "Company \(number)"
            $0.company.employees = qualifies(number: number) ? 500 : 20
        }
    }

    /// One to four page views: with a large company, one is enough.
    static func engagements(_ number: Int) -> [WireEngagement] {
        (0...number % 4).map { visit in
            .with {
                $0.engagementID = "visit-\(number)-\(visit)"
                $0.leadID = "lead-\(number)"
                $0.kind = "page_view"
                $0.channel = "organic"
                $0.occurredAt = Instant(seconds: 1_780_000_000 + Int64(number) * 60 + Int64(visit)).wire
            }
        }
    }

    static func batch(_ numbers: some Sequence<Int>) -> WireUpsertLeadsRequest {
        .with {
            $0.leads = numbers.map(lead)
            $0.engagements = numbers.flatMap(engagements)
        }
    }
}
