import Kernel
import Statistics

/// How many leads had a field set or changed after it was clear what became of them, beside the other leads.
///
/// The others are looked at when it would have been as clear: each as long after it was seen as it took one of those with
/// the outcome, in turn. So a field that changes with the age of leads is as frequent on both sides. A field is named where
/// the shares differ by more than chance (Fisher's exact test, adjusted for the number of fields by Benjamini and Hochberg)
/// and by so much that it matters.
public struct LateChanges: Hashable, Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case success, failure
    }

    public let outcome: Outcome
    /// With the outcome.
    public let leads: Int
    /// Of these.
    public let changed: Int
    public let otherLeads: Int
    public let otherChanged: Int
    /// The first of those with a change.
    public let example: String

    private static let significance = 0.001

    /// By field.
    ///
    /// - Parameter share: how much greater the share of leads with the outcome has to be.
    static func all(_ leads: [CalibrationLead], share: Double) -> [String: LateChanges] {
        let counted = Outcome.allCases.flatMap { count(leads, $0) }
        let chances = FalseDiscovery.adjusted(counted.map(\.changes.chance))
        var found: [String: LateChanges] = [:]
        for (place, (field, changes)) in counted.enumerated()
        where found[field] == nil && chances[place] <= significance && changes.excess >= share {
            found[field] = changes
        }
        return found
    }

    /// Of every field that changed at all, in the order of names.
    private static func count(
        _ leads: [CalibrationLead], _ outcome: Outcome
    ) -> [(field: String, changes: LateChanges)] {
        let moments = leads.map { outcome.moment(of: $0) }
        let delays = zip(leads, moments).compactMap { lead, at in
            at.map { TimeSpan(microseconds: $0.microseconds - lead.seenAt.microseconds) }
        }
        let otherLeads = leads.count - delays.count
        guard !delays.isEmpty, otherLeads > 0 else { return [] }
        var sums: [String: (changed: Int, others: Int, example: String)] = [:]
        var other = 0
        for (lead, moment) in zip(leads, moments) {
            let after = moment ?? lead.seenAt.adding(delays[other * delays.count / otherLeads])
            if moment == nil { other += 1 }
            for field in Set(lead.fieldChanges.filter { $0.at > after }.map(\.field)) {
                var sum = sums[field] ?? (0, 0, lead.id)
                if moment == nil {
                    sum.others += 1
                } else {
                    if sum.changed == 0 { sum.example = lead.id }
                    sum.changed += 1
                }
                sums[field] = sum
            }
        }
        return sums.sorted { $0.key < $1.key }.map { field, sum in
            let changes = LateChanges(
                outcome: outcome, leads: delays.count, changed: sum.changed, otherLeads: otherLeads,
                otherChanged: sum.others, example: sum.example)
            return (field, changes)
        }
    }

    /// Of chance alone parting the shares as far.
    private var chance: Double {
        FisherExactTest.pValue(
            successes: changed, trials: leads, restSuccesses: otherChanged, restTrials: otherLeads)
    }

    private var excess: Double { Self.share(changed, leads) - Self.share(otherChanged, otherLeads) }

    private static func share(_ part: Int, _ all: Int) -> Double { all == 0 ? 0 : Double(part) / Double(all) }

    /// Such as `was set or changed after success of 213 of 240 leads (89 %), and of 3 of 660 others (0 %), such as l-7`.
    var text: String {
        func percent(_ part: Int, _ all: Int) -> String { "\(Int((100 * Self.share(part, all)).rounded())) %" }
        return "was set or changed after \(outcome.rawValue) for \(changed) of \(leads) leads "
            + "(\(percent(changed, leads))), such as \(example), and for \(otherChanged) of \(otherLeads) others "
            + "(\(percent(otherChanged, otherLeads))) by then"
    }
}

extension LateChanges.Outcome {
    fileprivate func moment(of lead: CalibrationLead) -> Instant? {
        switch self {
        case .success: lead.outcome.succeededAt
        // One that succeeded all the same had not failed.
        case .failure: lead.isSuccess ? nil : lead.outcome.failedAt
        }
    }
}
