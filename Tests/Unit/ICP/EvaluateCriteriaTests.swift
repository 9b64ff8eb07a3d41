import AccordTesting
import Contracts
import Criteria
import Hosting
import ICPService
import Kernel
import RPC
import SwiftProtobuf
import Testing

@Suite struct EvaluateCriteriaTests {
    static func leaf(_ field: String, _ op: String, _ value: Google_Protobuf_Value? = nil) -> WireCriteria {
        .with {
            $0.field = field
            $0.op = op
            if let value { $0.value = value }
        }
    }

    static func named(_ id: String, _ when: WireCriteria) -> WireNamedCriteria {
        .with {
            $0.id = id
            $0.when = when
        }
    }

    static let webinar = WireCriteria.with {
        $0.event = "webinar"
        $0.where = leaf("engagement.content_id", "eq", "intro")
        $0.within = "30d"
        $0.atLeast = 2
    }

    static func behaviour(daysAgo: Int64, content: String?) -> WireCriteriaBehaviour {
        .with {
            $0.event = "webinar"
            $0.occurredAt = IcpFixture.start.adding(.days(-daysAgo)).wire
            if let content { $0.fields = ["engagement.content_id": .init(stringValue: content)] }
        }
    }

    @Test func givesVerdictsWithReasonsOfAnyCriteriaOnAnyRecords() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        try await fixture.store([
            .with {
                $0.accountID = "stored"
                $0.employees = 70
                $0.custom = ["plan": "pro"]
            }
        ])
        let told = try await fixture.service.told().count
        let response = try await fixture.client.evaluateCriteria(
            .with {
                $0.criteria = [
                    Self.named("size", Self.leaf("company.employees", "gte", 50)),
                    Self.named("plan", Self.leaf("custom.plan", "eq", "PRO")),
                    Self.named("seats", Self.leaf("custom.seats", "exists")), Self.named("webinars", Self.webinar),
                    Self.named("title", .with { $0.any = [Self.leaf("person.title", "glob", "vp *")] }),
                ]
                $0.fields = [
                    .with {
                        $0.name = "seats"
                        $0.type = "number"
                    }
                ]
                $0.records = [
                    .with {
                        $0.id = "given"
                        $0.fields = ["company.employees": 40, "custom.seats": 3, "person.title": "VP Sales"]
                        $0.behaviour = [
                            Self.behaviour(daysAgo: 1, content: "intro"), Self.behaviour(daysAgo: 2, content: nil),
                        ]
                    },
                    .with { $0.accountID = "stored" },
                    .with {
                        $0.account = .with { $0.employees = 60 }
                        $0.fields = ["company.employees": 10]
                    },
                ]
            })
        #expect(response.agreementVersion == 1)
        #expect(
            response.records.map { $0.verdicts.map(\.verdict) } == [
                [.false, .unknown, .true, .unknown, .true], [.true, .true, .false, .false, .unknown],
                [.false, .unknown, .false, .false, .unknown],
            ])
        let reasons = response.records[0].verdicts.map { $0.reasons[0] }
        #expect(reasons[0].found == 40 && reasons[0].expected == 50)
        #expect(reasons[4].path == "any[0]" && reasons[4].found == "VP Sales")
        #expect(try await fixture.service.told().count == told)
        #expect(
            try await fixture.client.listAccounts(WireListAccountsRequest()).accounts.map(\.accountID) == ["stored"])
    }

    @Test func aBadRecordFailsAloneAndBadCriteriaFailTheCall() async throws {
        let fixture = try IcpFixture()
        let good = Self.named("x", Self.leaf("company.employees", "gte", 5))
        let response = try await fixture.client.evaluateCriteria(
            .with {
                $0.criteria = [good]
                $0.records = [
                    .with { $0.fields = ["company.employes": 4, "person.title": .with { $0.nullValue = .nullValue }] },
                    .with { $0.accountID = "nobody" },
                    .with { $0.behaviour = [.with { $0.fields = ["lead.source": "x"] }] },
                    .with { $0.fields = ["company.employees": "many"] }, .with { $0.fields = ["company.employees": 9] },
                ]
            })
        #expect(response.records.map(\.error.code) == ["invalid_argument", "not_found", "invalid_argument", "", ""])
        #expect(
            response.records[0].error.violations.map(\.path) == [
                "records[0].fields.company.employes", "records[0].fields.person.title",
            ])
        #expect(response.records[0].error.violations[0].expected.hasSuffix("did you mean company.employees?"))
        #expect(
            response.records[2].error.violations.map(\.path) == [
                "records[2].behaviour[0].event", "records[2].behaviour[0].occurred_at",
                "records[2].behaviour[0].fields.lead.source",
            ])
        #expect(response.records[3].verdicts.map(\.verdict) == [.unknown])
        #expect(response.records[4].verdicts.map(\.verdict) == [.true])

        let refused = await error {
            _ = try await fixture.client.evaluateCriteria(
                .with {
                    $0.criteria = [
                        good, Self.named("y", Self.leaf("company.employees", "glob", "x")),
                        Self.named("z", .with { $0.all = [Self.leaf("company.size", "exists")] }),
                        Self.named("custom", Self.leaf("custom.seats", "exists")),
                    ]
                    $0.fields = [.with { $0.name = "seats" }]
                })
        }
        #expect(
            refused?.badRequest.map(\.path) == [
                "fields[0].type", "criteria[1].when.op", "criteria[2].when.all[0].field", "criteria[3].when.field",
            ])
    }

    @Test func ofManyUnknownNamesTheFirstAreHelpedAndOfTooManyOnlyThatIsSaid() async throws {
        let fixture = try IcpFixture()
        func fields(_ count: Int) -> [String: Google_Protobuf_Value] {
            var fields: [String: Google_Protobuf_Value] = [:]
            for number in 0..<count { fields["company.employees\(1_000 + number)"] = 5 }
            return fields
        }
        let response = try await fixture.client.evaluateCriteria(
            .with {
                $0.criteria = [Self.named("x", Self.leaf("company.employees", "gte", 5))]
                $0.records = [30, 1_001].map { count in .with { $0.fields = fields(count) } }
            })
        let faults = response.records[0].error.violations
        #expect(faults.count == 30)
        #expect(faults.filter { $0.expected.hasSuffix("did you mean company.employees?") }.count == 20)
        #expect(response.records[1].error.violations.map(\.path) == ["records[1].fields"])
    }

    @Test func theMomentIsTheCallers() async throws {
        let fixture = try IcpFixture()
        func verdict(at: Instant?) async throws -> WireVerdict {
            try await fixture.client.evaluateCriteria(
                .with {
                    $0.criteria = [Self.named("x", Self.leaf("lead.created_at", "within", "1d"))]
                    $0.records = [
                        .with { $0.fields = ["lead.created_at": .init(stringValue: IcpFixture.start.text)] }
                    ]
                    $0.verdictsOnly = true
                    if let at { $0.at = at.wire }
                }
            ).records[0].verdicts[0].verdict
        }
        #expect(try await verdict(at: nil) == .true)
        #expect(try await verdict(at: IcpFixture.start.adding(.days(2))) == .false)
    }

    @Test func depthSizeAndAmountAreBoundedBySettings() async throws {
        var limits = EvaluationLimits()
        limits.criteria.depth = 3
        limits.criteria.nodes = 10
        limits.criteria.globBytes = 5
        limits.checks = 20
        let fixture = try IcpFixture(evaluation: limits)
        let exists = Self.leaf("company.name", "exists")
        var deep = exists
        for _ in 0..<3 { deep = .with { $0.all = [deep] } }
        let wide = WireCriteria.with { $0.any = Array(repeating: exists, count: 10) }
        let glob = Self.leaf("company.name", "glob", "*a*a*b")
        for (criteria, count) in [(deep, 1), (wide, 1), (glob, 1), (exists, 21)] {
            let refused = await error {
                _ = try await fixture.client.evaluateCriteria(
                    .with {
                        $0.criteria = [Self.named("x", criteria)]
                        $0.records = Array(repeating: WireCriteriaRecord(), count: count)
                    })
            }
            #expect(refused?.code == .invalidArgument)
        }
        let facts = (0..<20).map { _ in Self.behaviour(daysAgo: 1, content: "intro") }
        let costly = await error {
            _ = try await fixture.client.evaluateCriteria(
                .with {
                    $0.criteria = [Self.named("x", Self.webinar)]
                    $0.records = [.with { $0.behaviour = facts }]
                })
        }
        #expect(costly?.badRequest.map(\.path) == ["records"])
        // What no criteria counts costs nothing.
        let other = try await fixture.client.evaluateCriteria(
            .with {
                $0.criteria = [Self.named("x", exists)]
                $0.records = [.with { $0.behaviour = facts }]
            })
        #expect(other.records[0].verdicts.map(\.verdict) == [.false])
    }
}
