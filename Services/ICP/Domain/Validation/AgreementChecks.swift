import Criteria
import Kernel

/// What has to hold between the parts of an agreement.
struct AgreementChecks {
    let agreement: Agreement
    /// The document as it was written, to tell what is there from what is a default.
    let written: Tree
    let faults: FaultList

    func run() {
        checkMoney()
        checkZones()
        checkCustomFields()
        compileCriteria()
        checkTiers()
        checkThresholds()
        checkTimers()
    }

    private func checkMoney() {
        for (path, currency) in [
            ("currency", agreement.currency),
            ("targets.revenue_per_quarter.currency", agreement.targets.revenuePerQuarter?.currency ?? "USD"),
        ] where currency.utf8.count != 3 || !currency.utf8.allSatisfy({ (65...90).contains($0) }) {
            faults.add(path, found: currency, expected: "an ISO 4217 code such as USD")
        }
    }

    private func checkZones() {
        let calendars = agreement.sla.calendars.enumerated().map { ("sla.calendars[\($0)].zone", $1.zone) }
        for (path, zone) in [("zone", agreement.zone)] + calendars where !zone.isEmpty && !ZoneNames.isKnown(zone) {
            faults.add(
                path, found: zone, expected: "an IANA zone such as Europe/Berlin",
                suggestion: ZoneNames.nearest(to: zone))
        }
    }

    private func checkCustomFields() {
        for (index, field) in agreement.fields.enumerated() where !field.name.isEmpty {
            let isPlain = field.name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
            if !isPlain || field.name.utf8.count > 64 {
                faults.add(
                    "fields[\(index)].name", found: field.name,
                    expected: "at most 64 small letters, digits and _, without custom.")
            }
        }
    }

    private func compileCriteria() {
        let catalogue = agreement.catalogue
        for (path, criteria, scope) in faults.trees {
            do throws(CriteriaFaults) {
                _ = try CompiledCriteria(criteria, catalogue: catalogue, path: path, scope: scope)
            } catch {
                for fault in error.faults {
                    faults.add(
                        fault.path, found: fault.found, expected: fault.expected, suggestion: fault.suggestion)
                }
            }
        }
    }

    /// Best first: a tier that asks for less than a later one would hide it.
    private func checkTiers() {
        for (index, tier) in agreement.icp.tiers.enumerated() where index > 0 {
            let better = agreement.icp.tiers[index - 1]
            if tier.atLeast > better.atLeast {
                faults.add(
                    "icp.tiers[\(index)].at_least", found: Tree.text(of: tier.atLeast),
                    expected: "at most \(Tree.text(of: better.atLeast)), as tiers are given best first")
            }
        }
        if agreement.icp.criteria.isEmpty, written["icp"]?["criteria"] == nil {
            for (index, tier) in agreement.icp.tiers.enumerated() where tier.atLeast > 0 {
                faults.add(
                    "icp.tiers[\(index)].at_least", found: Tree.text(of: tier.atLeast),
                    expected: "0, as there are no criteria to score by")
            }
        }
    }

    private func checkThresholds() {
        let scoring = agreement.scoring
        guard !(scoring.fit.isEmpty && scoring.engagement.isEmpty) else { return }
        let fit = min(100, scoring.fit.reduce(0) { $0 + $1.points })
        let engagement = min(100, scoring.engagement.reduce(0) { $0 + $1.most })
        let situation = scoring.situation.reduce(0) { $0 + max(0, $1.points) }
        let most = scoring.fitWeight * fit + scoring.engagementWeight * engagement + situation
        for (name, wanted, reachable) in [
            ("threshold", scoring.qualification.threshold, most),
            ("minimum_fit", scoring.qualification.minimumFit, fit),
            ("minimum_engagement", scoring.qualification.minimumEngagement, engagement),
        ] where wanted > reachable + 1e-9 {
            faults.add(
                "scoring.qualification.\(name)", found: Tree.text(of: wanted),
                expected: "at most \(Tree.text(of: reachable)), the most that the rules can give")
        }
    }

    private func checkTimers() {
        let calendars = agreement.sla.calendars.map(\.id)
        for (index, timer) in agreement.sla.timers.enumerated()
        where !timer.calendar.isEmpty && !calendars.contains(timer.calendar) {
            faults.add(
                "sla.timers[\(index)].calendar", found: timer.calendar,
                expected: calendars.isEmpty
                    ? "a calendar, but none is defined" : "one of \(calendars.joined(separator: ", "))",
                suggestion: NearestName.of(timer.calendar, in: calendars))
        }
        for (index, calendar) in agreement.sla.calendars.enumerated() where isNeverOpen(calendar, index) {
            faults.add(
                "sla.calendars[\(index)]", found: "no open hours", expected: "at least one day with an open interval")
        }
    }

    /// Hours that could not be read have faults of their own.
    private func isNeverOpen(_ calendar: OpeningHours, _ index: Int) -> Bool {
        !calendar.isEverOpen && !faults.faults.contains { $0.fault.path.hasPrefix("sla.calendars[\(index)].hours") }
    }
}
