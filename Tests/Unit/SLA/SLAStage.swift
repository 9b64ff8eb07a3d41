import AccordTesting
import Contracts
import Hosting
import Kernel
import Logging
import Platform
import RPC
import SLAService
import SwiftProtobuf

/// The SLA service under a manual clock, with an agreement and a Routing that tells what the test says.
///
/// Calendar `office`: Monday to Friday 9 to 17 in UTC. 2026-03-09 is a Monday; the clock starts there at 09:00.
struct SLAStage {
    let fixture: ServiceFixture
    let client: WireSlaServiceClient

    init(versions: [WireAgreementVersion]? = nil) throws {
        fixture = try ServiceFixture(
            SLAService.self, start: at("2026-03-09T09:00:00Z"), agreements: versions ?? [Self.version()])
        client = WireSlaServiceClient(fixture.transport)
    }

    /// accept 4 h (50 %, 80 %), first_touch 8 h from acceptance, both of working time; decide 2 d of wall time.
    static func version(
        _ number: Int64 = 1, effectiveAt: String = "2026-01-01T00:00:00Z", accept: String = "4h"
    ) throws -> WireAgreementVersion {
        try .with {
            $0.version = number
            $0.state = .signed
            $0.effectiveAt = try at(effectiveAt).wire
            $0.agreement.sla.calendars = [
                .with {
                    $0.id = "office"
                    $0.zone = "UTC"
                    $0.hours = [
                        .with {
                            $0.days = Calendars.workdays
                            $0.intervals = ["09:00-17:00"]
                        }
                    ]
                }
            ]
            $0.agreement.sla.timers = [
                .with {
                    $0.id = "accept"
                    $0.stopsOn = ["accepted", "rejected"]
                    $0.duration = accept
                    $0.calendar = "office"
                    $0.checkpoints = [50, 80]
                    $0.onBreach = ["notify_manager", "reassign"]
                },
                .with {
                    $0.id = "first_touch"
                    $0.startsOn = "accepted"
                    $0.stopsOn = ["touched"]
                    $0.duration = "8h"
                    $0.calendar = "office"
                },
                .with {
                    $0.id = "decide"
                    $0.stopsOn = ["qualified", "rejected"]
                    $0.duration = "2d"
                    $0.time = "wall"
                    $0.when.field = "lead.territory"
                    $0.when.op = "eq"
                    $0.when.value = Google_Protobuf_Value(stringValue: "west")
                },
            ]
        }
    }

    static func handoff(_ id: String, rep: String = "ann", territory: String = "") -> WireHandoffFacts {
        .with {
            $0.handoffID = id
            $0.repID = rep
            $0.team = "north"
            $0.lead.leadID = "lead-\(id)"
            $0.lead.territory = territory
        }
    }

    func assign(
        _ id: String, rep: String = "ann", territory: String = "", at time: String, version: Int64 = 1
    ) async throws {
        try await tell(
            .handoffAssigned(.with { $0.handoff = Self.handoff(id, rep: rep, territory: territory) }), id, time, version
        )
    }

    func wait(_ id: String, at time: String) async throws {
        try await tell(.handoffWaiting(.with { $0.handoff = Self.handoff(id, rep: "") }), id, time, 1)
    }

    func accept(_ id: String, at time: String, version: Int64 = 1) async throws {
        try await tell(.handoffAccepted(.with { $0.handoff = Self.handoff(id) }), id, time, version)
    }

    func touch(_ id: String, at time: String) async throws {
        try await tell(.handoffTouched(.with { $0.handoff = Self.handoff(id) }), id, time, 1)
    }

    func reject(_ id: String, then: String, at time: String) async throws {
        try await tell(
            .handoffRejected(
                .with {
                    $0.handoff = Self.handoff(id)
                    $0.then = then
                }), id, time, 1)
    }

    private func tell(_ payload: WireEvent.OneOf_Payload, _ id: String, _ time: String, _ version: Int64) async throws {
        try await fixture.deliver(payload, key: "lead-\(id)", at: at(time), version: version)
    }

    /// Another service on the same store, which knows nothing but what is stored.
    static func restarted(_ stage: SLAStage) throws -> ServiceAssembly {
        try SLAService.build(
            ServiceEnvironment(
                clock: stage.fixture.clock, ids: SeededIDSource(seed: 7), logger: Logger(label: "test"),
                store: stage.fixture.store, peers: Peers { _ in InProcessTransport() }))
    }

    func fire(at time: String) async throws {
        fixture.clock.advance(to: try at(time))
        try await fixture.settle()
    }

    /// What the service told of timers: `accept breached 2026-03-09T13:00:00Z`.
    func told() async throws -> [String] {
        try await fixture.told().map { event in
            let timer = event.timer
            return
                "\(timer?.rule ?? "") \(event.payload?.kind.rawValue.dropFirst(6) ?? "") \(Instant(event.occurredAt).text)"
        }
    }

    func timers(_ narrow: (inout WireListTimersRequest) -> Void = { _ in }) async throws -> [WireTimer] {
        var request = WireListTimersRequest()
        narrow(&request)
        return try await client.listTimers(request).timers
    }
}

extension WireEvent {
    var timer: WireTimer? {
        switch payload {
        case .timerArmed(let told): told.timer
        case .timerWarned(let told): told.timer
        case .timerMet(let told): told.timer
        case .timerBreached(let told): told.timer
        case .timerCancelled(let told): told.timer
        default: nil
        }
    }
}
