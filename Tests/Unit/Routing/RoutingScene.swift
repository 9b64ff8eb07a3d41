import AccordTesting
import Contracts
import GRDB
import Hosting
import Kernel
import Platform
import RPC
import RoutingService
import Storage
import SwiftProtobuf
import Testing

/// The routing service under an agreement with a rule for DE, a rule that names a rep, and a fallback pool.
struct RoutingScene {
    static let start = Instant(seconds: 1_750_000_000)

    let fixture: ServiceFixture
    let client: WireRoutingServiceClient

    init(changing change: (inout WireAgreement) -> Void = { _ in }) throws {
        var agreement = Self.agreement
        change(&agreement)
        let version = WireAgreementVersion.with {
            $0.version = 1
            $0.state = .signed
            $0.agreement = agreement
            $0.effectiveAt = Self.start.wire
        }
        fixture = try ServiceFixture(RoutingService.self, start: Self.start, agreements: [version])
        client = WireRoutingServiceClient(HoldingTransport(fixture: fixture))
    }

    var now: Instant { fixture.clock.now() }

    // MARK: - Acting

    @discardableResult
    func rep(_ id: String, capacity: Int32? = nil, active: Bool = true, absent: (Instant, Instant)? = nil) async throws
        -> WireItemResult?
    {
        let rep = WireRep.with {
            $0.repID = id
            $0.team = "team-\(id)"
            $0.active = active
            if let capacity { $0.capacity = capacity }
            if let absent {
                $0.absences = [
                    .with {
                        $0.from = absent.0.wire
                        $0.to = absent.1.wire
                    }
                ]
            }
        }
        return try await client.upsertReps(.with { $0.reps = [rep] }).results.first
    }

    @discardableResult
    func pool(_ id: String, _ members: [(String, Int32)]) async throws -> WireItemResult? {
        let pool = WirePool.with {
            $0.poolID = id
            $0.name = id.uppercased()
            $0.members = members.map { member in
                .with {
                    $0.repID = member.0
                    $0.weight = member.1
                }
            }
        }
        return try await client.upsertPools(.with { $0.pools = [pool] }).results.first
    }

    func qualify(_ lead: String, country: String = "DE", missing: [String] = []) async throws {
        try await fixture.deliver(Self.qualified(lead, country: country, missing: missing), key: lead, at: now)
    }

    /// After it had cooled.
    func requalify(_ lead: String, country: String = "DE") async throws {
        guard case .leadQualified(let event) = Self.qualified(lead, country: country) else { return }
        try await fixture.deliver(.leadRequalified(event), key: lead, at: now)
    }

    func breach(
        _ handoff: WireHandoff, timer: String = "accept", at: Instant? = nil, actions: [String] = ["reassign"]
    ) async throws {
        let timer = WireTimer.with {
            $0.rule = timer
            $0.handoffID = handoff.handoffID
            $0.leadID = handoff.leadID
            $0.repID = handoff.repID
        }
        try await fixture.deliver(
            .timerBreached(
                .with {
                    $0.timer = timer
                    $0.actions = actions
                }), key: handoff.leadID, at: at ?? now)
    }

    @discardableResult
    func accept(_ handoff: WireHandoff, actor: String? = nil, at: Instant? = nil) async throws -> WireHandoff {
        try await client.acceptHandoff(
            .with {
                $0.handoffID = handoff.handoffID
                $0.actor = actor ?? handoff.repID
                if let at { $0.occurredAt = at.wire }
            }
        ).handoff
    }

    @discardableResult
    func reject(
        _ handoff: WireHandoff, _ reason: String, actor: String? = nil, at: Instant? = nil
    ) async throws -> WireHandoff {
        try await client.rejectHandoff(
            .with {
                $0.handoffID = handoff.handoffID
                $0.actor = actor ?? handoff.repID
                $0.reasonCode = reason
                $0.reasonDetail = "said so"
                if let at { $0.occurredAt = at.wire }
            }
        ).handoff
    }

    @discardableResult
    func touch(_ handoff: WireHandoff, _ activity: String, kind: String = "call") async throws -> WireHandoff {
        try await client.recordActivity(
            .with {
                $0.handoffID = handoff.handoffID
                $0.actor = handoff.repID
                $0.kind = kind
                $0.activityID = activity
            }
        ).handoff
    }

    @discardableResult
    func finish(_ handoff: WireHandoff) async throws -> WireHandoff {
        try await client.qualifyHandoff(
            .with {
                $0.handoffID = handoff.handoffID
                $0.actor = handoff.repID
            }
        ).handoff
    }

    // MARK: - Seeing

    func handoff(_ lead: String) async throws -> WireHandoff {
        try await client.getHandoff(.with { $0.leadID = lead }).handoff
    }

    func told(_ kind: EventKind) async throws -> [WireEvent] {
        try await fixture.told().filter { $0.payload?.kind == kind }
    }

    /// Assignments told so far, by rep.
    func shares() async throws -> [String: Int] {
        try await told(.handoffAssigned).reduce(into: [:]) { $0[$1.handoffAssigned.handoff.repID, default: 0] += 1 }
    }

    /// The counters of every rep are what a recount says.
    func expectCountersToEqualARecount(_ comment: Comment? = nil) async throws {
        try await expectLoadsToEqualARecount(comment)
        let shares = try await shares()
        for load in try await client.listReps(.with { $0.page.pageSize = 1_000 }).reps {
            #expect(load.assignedInAll == Int64(shares[load.rep.repID] ?? 0), comment)
        }
    }

    /// The open handoffs of every rep are what a recount says.
    func expectLoadsToEqualARecount(_ comment: Comment? = nil) async throws {
        let wrong = try await fixture.store.read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT rep_id FROM rep WHERE open_handoffs <> (
                        SELECT count(*) FROM handoff WHERE handoff.rep_id = rep.rep_id
                            AND state IN ('assigned', 'accepted', 'touched'))
                    """)
        }
        #expect(wrong.isEmpty, comment)
    }

    // MARK: - Values

    static func qualified(_ lead: String, country: String, missing: [String] = []) -> WireEvent.OneOf_Payload {
        .leadQualified(
            .with {
                $0.lead = .with {
                    $0.leadID = lead
                    $0.source = "organic_search"
                }
                $0.context = .with {
                    $0.lead.leadID = lead
                    $0.lead.company.country = country
                    $0.score.total = 81
                    $0.score.grade = "A1"
                    $0.missingParts = missing
                }
                $0.trigger = "threshold"
            })
    }

    static let agreement = WireAgreement.with {
        $0.name = "Test"
        $0.routing = .with {
            $0.rules = [
                .with {
                    $0.id = "de"
                    $0.when = field("company.country", "eq", "DE")
                    $0.pool = "de"
                },
                .with {
                    $0.id = "named"
                    $0.when = field("company.country", "eq", "FR")
                    $0.rep = "fleur"
                },
            ]
            $0.fallbackPool = "rest"
            $0.rejectionReasons = [
                reason("no_budget", "nurture"), reason("region", "reassign"), reason("spam", "close"),
            ]
        }
        $0.sla = .with {
            $0.timers = [
                .with {
                    $0.id = "accept"
                    $0.stopsOn = ["accepted", "rejected"]
                },
                .with {
                    $0.id = "hello"
                    $0.stopsOn = ["touched"]
                },
            ]
        }
    }

    private static func field(_ name: String, _ op: String, _ value: String) -> WireCriteria {
        .with {
            $0.field = name
            $0.op = op
            $0.value = Google_Protobuf_Value(stringValue: value)
        }
    }

    private static func reason(_ code: String, _ then: String) -> WireRejectionReason {
        .with {
            $0.code = code
            $0.then = then
        }
    }
}

/// Keeps the fixture, and with it the store's folder, as long as a call is under way.
private struct HoldingTransport: RPCTransport {
    let fixture: ServiceFixture

    func call<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        let response = try await fixture.transport.call(method, request, options)
        return withExtendedLifetime(fixture) { response }
    }
}
