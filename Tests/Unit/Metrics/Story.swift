import AccordTesting
import Contracts
import Kernel
import MetricsService
import SwiftProtobuf

/// Makes the events of leads, as the other services tell them.
struct Story {
    static let start = Instant(seconds: 1_767_225_600)  // 2026-01-01
    private(set) var events: [WireEvent] = []

    static func at(day: Double) -> Instant {
        Instant(microseconds: start.microseconds + Int64(day * 86_400_000_000))
    }

    static func fixture(agreements: [WireAgreementVersion] = [agreement()]) throws -> ServiceFixture {
        try ServiceFixture(MetricsService.self, start: at(day: 100), agreements: agreements)
    }

    static func agreement(model: String = "linear", window: String = "") -> WireAgreementVersion {
        .with {
            $0.version = 1
            $0.state = .active
            $0.effectiveAt = start.wire
            $0.agreement = .with {
                $0.name = "Acme <GmbH>"
                $0.currency = "EUR"
                $0.attribution = .with {
                    $0.model = model
                    $0.window = window
                }
            }
            $0.signatures = [
                .with {
                    $0.side = .marketing
                    $0.signer = "ana"
                },
                .with {
                    $0.side = .sales
                    $0.signer = "ben"
                },
            ]
        }
    }

    static func facts(_ id: String, source: String = "web", segment: String = "smb", day: Double) -> WireLeadFacts {
        .with {
            $0.leadID = id
            $0.accountID = "acc-\(id)"
            $0.company = "Company \(id)"
            $0.source = source
            $0.segment = segment
            $0.motion = "inbound"
            $0.createdAt = at(day: day).wire
        }
    }

    static func handoff(_ lead: WireLeadFacts, rep: String) -> WireHandoffFacts {
        .with {
            $0.handoffID = "h-\(lead.leadID)"
            $0.repID = rep
            $0.team = "team-\(rep)"
            $0.lead = lead
        }
    }

    static func timer(_ id: String, lead: String, rep: String, day: Double, _ state: WireTimerState) -> WireTimer {
        .with {
            $0.timerID = id
            $0.rule = "accept"
            $0.handoffID = "h-\(lead)"
            $0.leadID = lead
            $0.repID = rep
            $0.team = "team-\(rep)"
            $0.state = state
            $0.armedAt = at(day: day).wire
            $0.dueAt = at(day: day + 1).wire
            $0.agreementVersion = 1
        }
    }

    mutating func tell(_ source: String, _ payload: WireEvent.OneOf_Payload, lead: String, day: Double) {
        let number = events.count
        events.append(
            .with {
                $0.eventID = "event-\(number)"
                $0.source = source
                $0.key = lead
                $0.partition = Int32(Partition.of(lead))
                $0.occurredAt = Self.at(day: day).wire
                $0.agreementVersion = 1
                $0.payload = payload
            })
    }

    mutating func score(
        _ lead: WireLeadFacts, day: Double, from previous: Double = 0, to total: Double,
        engagements: [WireEngagement] = []
    ) {
        tell(
            "scoring",
            .leadScored(
                .with {
                    $0.lead = lead
                    $0.score.total = total
                    $0.previousTotal = previous
                    $0.engagements = engagements
                }), lead: lead.leadID, day: day)
    }

    static func engagement(_ id: String, lead: String, channel: String, day: Double) -> WireEngagement {
        .with {
            $0.engagementID = id
            $0.leadID = lead
            $0.kind = "visit"
            $0.channel = channel
            $0.occurredAt = at(day: day).wire
        }
    }
}
