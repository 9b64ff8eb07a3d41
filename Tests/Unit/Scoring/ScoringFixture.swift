import AccordTesting
import Contracts
import Hosting
import Kernel
import ScoringService
import SwiftProtobuf

/// The service under a manual clock, with an agreement in force and builders for what tests send.
struct ScoringFixture {
    static let start = Instant(seconds: 1_772_323_200)  // 2026-03-01T00:00:00Z

    let service: ServiceFixture
    let client: WireScoringServiceClient

    init(
        _ agreements: [WireAgreementVersion] = [.test()], start: Instant = ScoringFixture.start,
        webhooks: WebhookSettings = WebhookSettings(), folder: TemporaryFolder? = nil
    ) throws {
        service = try ServiceFixture(
            ScoringService.self, start: start, agreements: agreements, webhooks: webhooks, folder: folder)
        client = WireScoringServiceClient(service.transport)
    }

    func upsert(_ leads: [WireLead], _ engagements: [WireEngagement] = []) async throws -> WireUpsertLeadsResponse {
        try await client.upsertLeads(
            .with {
                $0.leads = leads
                $0.engagements = engagements
            })
    }

    func record(_ engagements: [WireEngagement]) async throws -> [WireItemResult] {
        try await client.recordEngagements(.with { $0.engagements = engagements }).results
    }

    func get(_ leadID: String, at asOf: Instant? = nil) async throws -> WireLeadRecord {
        try await client.getLead(
            .with {
                $0.leadID = leadID
                if let asOf { $0.asOf = asOf.wire }
            }
        ).lead
    }

    func scored() async throws -> [WireLeadScored] {
        try await service.told().compactMap { if case .leadScored(let event) = $0.payload { event } else { nil } }
    }

    /// Also of leads that qualified again.
    func qualified() async throws -> [WireLeadQualified] {
        try await service.told().compactMap {
            switch $0.payload {
            case .leadQualified(let event), .leadRequalified(let event): event
            default: nil
            }
        }
    }

    /// What was told of crossings: its kind and when it was so.
    func crossings() async throws -> [String] {
        try await service.told().compactMap { event in
            switch event.payload?.kind {
            case .leadQualified, .leadRequalified, .leadCooled:
                event.payload.map { "\($0.kind.rawValue) \(Instant(event.occurredAt).text)" }
            default: nil
            }
        }
    }

    func explain(_ leadID: String) async throws -> WireExplainScoreResponse {
        try await client.explainScore(.with { $0.leadID = leadID })
    }
}

extension WireAgreementVersion {
    /// Fit: 80 for 200 employees or more, 30 for software. Engagement: webinars 40 with a half-life of 10 days, page
    /// views 2 each day at most, capped at 10, downloads 30 in a straight line over 20 days.
    static func test(
        _ version: Int64 = 1, effectiveAt: Instant = ScoringFixture.start.adding(.days(-400)),
        _ change: (inout WireScoringSection) -> Void = { _ in }
    ) -> WireAgreementVersion {
        .with {
            $0.version = version
            $0.state = .signed
            $0.effectiveAt = effectiveAt.wire
            $0.agreement.name = "Test"
            $0.agreement.fields = [
                .with {
                    $0.name = "seats"
                    $0.type = "number"
                }
            ]
            $0.agreement.icp.tiers = [
                .with {
                    $0.name = "A"
                    $0.requires = .leaf("company.employees", "gte", Google_Protobuf_Value(numberValue: 200))
                }
            ]
            $0.agreement.scoring = .with { section in
                section.fit = [
                    .with {
                        $0.id = "size"
                        $0.points = 80
                        $0.when = .leaf("company.employees", "gte", Google_Protobuf_Value(numberValue: 200))
                    },
                    .with {
                        $0.id = "industry"
                        $0.points = 30
                        $0.when = .leaf("company.industry", "eq", Google_Protobuf_Value(stringValue: "software"))
                    },
                ]
                section.engagement = [
                    .with {
                        $0.id = "webinar"
                        $0.event = "webinar_attended"
                        $0.points = 40
                        $0.decay = "exponential"
                        $0.halfLife = "10d"
                    },
                    .with {
                        $0.id = "visits"
                        $0.event = "page_viewed"
                        $0.points = 2
                        $0.cap = 10
                        $0.repeat = "once_per_day"
                    },
                    .with {
                        $0.id = "download"
                        $0.event = "downloaded"
                        $0.points = 30
                        $0.decay = "linear"
                        $0.window = "20d"
                        $0.where = .leaf("engagement.channel", "ne", Google_Protobuf_Value(stringValue: "internal"))
                    },
                ]
                section.qualification.handRaisers = ["demo_requested"]
                section.contextPacket = ["contact", "firmographics", "technographics", "score"]
                change(&section)
            }
        }
    }
}

extension WireCriteria {
    static func leaf(_ field: String, _ op: String, _ value: Google_Protobuf_Value) -> WireCriteria {
        .with {
            $0.field = field
            $0.op = op
            $0.value = value
        }
    }
}

extension WireLead {
    static func test(_ id: String, employees: Int64? = nil, createdAt: Instant? = nil) -> WireLead {
        .with {
            $0.leadID = id
            if let employees { $0.company.employees = employees }
            if let createdAt { $0.createdAt = createdAt.wire }
        }
    }
}

extension WireEngagement {
    static func test(_ id: String, _ leadID: String, _ kind: String, at moment: Instant) -> WireEngagement {
        .with {
            $0.engagementID = id
            $0.leadID = leadID
            $0.kind = kind
            $0.occurredAt = moment.wire
        }
    }
}
