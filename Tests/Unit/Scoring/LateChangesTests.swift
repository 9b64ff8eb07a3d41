import Criteria
import Foundation
import Kernel
import Testing

@testable import ScoringDomain

/// Fields that are filled or changed when it is clear what became of a lead.
@Suite struct LateChangesTests {
    /// Leads of which each is asked for the changes of its fields, a year of them.
    private static func leads(
        _ count: Int, _ market: inout KnownMarket, rules: ScoringRules,
        _ changes: (CalibrationLead, inout KnownMarket) -> [CalibrationLead.FieldChange]
    ) -> [CalibrationLead] {
        market.leads(count, rules: rules).map { lead in
            // Some of those that do not succeed are rejected, at any time.
            let failedAt = market.chance() < 0.5 ? lead.seenAt.adding(.hours(Int64(24 * 80 * market.chance()))) : nil
            let succeededAt = lead.isSuccess ? lead.seenAt.adding(.hours(Int64(24 * 90 * market.chance()))) : nil
            func known(_ changes: [CalibrationLead.FieldChange]) -> CalibrationLead {
                CalibrationLead(
                    id: lead.id, seenAt: lead.seenAt,
                    outcome: CalibrationLead.Outcome(
                        succeededAt: succeededAt, failedAt: lead.isSuccess ? nil : failedAt),
                    record: lead.record, fieldChanges: changes, behaviour: [], accumulators: LeadAccumulators(),
                    rules: rules)
            }
            return known(changes(known([]), &market))
        }
    }

    private func search(
        _ leads: [CalibrationLead], _ share: Double = CalibrationSettings().changedAfter
    ) -> [String: LateChanges] {
        LateChanges.all(leads, share: share)
    }

    @Test func aFieldThatIsSetAfterSuccessIsNamedWithItsCountsAndAnExample() throws {
        var market = KnownMarket(seed: 61)
        let rules = try KnownMarket.rules()
        let leads = Self.leads(1_000, &market, rules: rules) { lead, market in
            guard let wonAt = lead.outcome.succeededAt, market.chance() < 0.6 else { return [] }
            return [.init(field: "custom.signed", at: wonAt.adding(.days(3)))]
        }
        let found = try #require(search(leads)["custom.signed"])
        let changed = leads.filter { !$0.fieldChanges.isEmpty }
        #expect(found.outcome == .success && found.leads == leads.count(where: \.isSuccess))
        #expect(found.changed == changed.count && found.otherChanged == 0)
        #expect(found.otherLeads == leads.count - found.leads && found.example == changed[0].id)
        #expect(found.text.contains("\(found.changed) of \(found.leads) leads (6"))
        #expect(found.text.contains("such as \(found.example), and for 0 of \(found.otherLeads) others (0 %)"))
    }

    @Test func aFieldThatIsSetAfterFailureIsNamedToo() throws {
        var market = KnownMarket(seed: 62)
        let rules = try KnownMarket.rules()
        let leads = Self.leads(1_000, &market, rules: rules) { lead, market in
            guard let failedAt = lead.outcome.failedAt, market.chance() < 0.5 else { return [] }
            return [.init(field: "custom.plan", at: failedAt.adding(.minutes(1)))]
        }
        let found = search(leads)
        #expect(found.keys.sorted() == ["custom.plan"] && found["custom.plan"]?.outcome == .failure)
    }

    /// Changed for successes alone, but before they succeeded: what moves a lead on is no leak.
    @Test func whatChangesBeforeTheOutcomeIsNoLeak() throws {
        var market = KnownMarket(seed: 63)
        let rules = try KnownMarket.rules()
        let leads = Self.leads(1_000, &market, rules: rules) { lead, _ in
            lead.outcome.succeededAt.map { [.init(field: "custom.plan", at: $0)] } ?? []
        }
        #expect(search(leads).isEmpty)
    }

    @Test func aFewCorrectionsAreNoLeakUnlessAsked() throws {
        var market = KnownMarket(seed: 64)
        let rules = try KnownMarket.rules()
        let leads = Self.leads(2_000, &market, rules: rules) { lead, market in
            guard let wonAt = lead.outcome.succeededAt, market.chance() < 0.06 else { return [] }
            return [.init(field: "custom.plan", at: wonAt.adding(.days(1)))]
        }
        #expect(search(leads).isEmpty)
        #expect(search(leads, 0.03).keys.sorted() == ["custom.plan"])
    }

    /// Five fields that change at any time, as often for one outcome as for the other, and one that changes with the age
    /// of leads: in 40 markets none is accused.
    @Test func anHonestFieldIsNotAccused() throws {
        let rules = try KnownMarket.rules()
        var accused: [String] = []
        for seed in UInt64(100)..<140 {
            var market = KnownMarket(seed: seed)
            let leads = Self.leads(300, &market, rules: rules) { lead, market in
                var changes: [CalibrationLead.FieldChange] = []
                for field in 0..<5 {
                    for _ in 0..<3 where market.chance() < 0.3 {
                        let at = lead.seenAt.adding(.hours(Int64(24 * 180 * market.chance())))
                        changes.append(.init(field: "custom.\(field)", at: at))
                    }
                }
                changes.append(
                    .init(field: "custom.aged", at: lead.seenAt.adding(.hours(Int64(24 * 30 * market.chance())))))
                return changes
            }
            accused += search(leads).keys.map { "\($0) of seed \(seed)" }
        }
        #expect(accused.isEmpty, "\(accused)")
    }

    @Test func aFieldChangedAfterTheOutcomeIsLeftOutWithAWarningAndSoAreTheRulesThatReadIt() throws {
        var market = KnownMarket(seed: 65)
        let rules = try KnownMarket.rules(fit: [
            ("large", 30, .init(field: "company.employees", op: .gte, value: .number(200))),
            ("called", 40, .init(field: "person.phone", op: .exists)),
        ])
        let leads = Self.leads(2_000, &market, rules: rules) { lead, market in
            guard let wonAt = lead.outcome.succeededAt, market.chance() < 0.4 else { return [] }
            return ["custom.plan", "person.phone", "person.name"].map { .init(field: $0, at: wonAt.adding(.days(1))) }
        }
        var settings = CalibrationSettings()
        let found = try Calibration(leads, rules: rules.calibrated, catalogue: KnownMarket.catalogue, settings)
        // No rule reads the name, and the model does not look at it.
        #expect(Set(found.leaks.map(\.field)) == ["custom.plan", "person.phone"])
        #expect(found.leaks.allSatisfy { $0.reason == .changedAfterOutcome && $0.lateChanges != nil })
        #expect(found.warnings.contains { $0.hasPrefix("custom.plan was set or changed after success for ") })
        #expect(!found.coefficients.contains { $0.feature.text.contains("custom.plan") })
        #expect(found.proposals.map(\.isPassedOver) == [false, true])
        settings.kept = ["custom.plan", "person.phone"]
        let kept = try Calibration(leads, rules: rules.calibrated, catalogue: KnownMarket.catalogue, settings)
        #expect(kept.leaks.isEmpty && kept.coefficients.contains { $0.feature.text.contains("custom.plan") })
    }
}
