import Criteria
import Statistics

/// A field that knows the outcome: filled, or set, when it was clear already.
public struct CalibrationLeak: Hashable, Sendable {
    public enum Reason: String, Sendable {
        case suspiciouslyGood = "suspiciously_good"
        case filledWithOutcome = "filled_with_outcome"
        case changedAfterOutcome = "changed_after_outcome"
    }

    public let field: String
    public let reason: Reason
    /// How well the field alone ranks outcomes, 0.5 to 1.
    public let auc: Double
    public let description: String
    /// Of ``Reason/changedAfterOutcome``.
    public var lateChanges: LateChanges?
}

/// Finds fields that are too good to have been known before the outcome.
///
/// - Suspiciously good: alone, it ranks the outcome with an area under the curve of 0.95 or more.
/// - Filled with the outcome: whether it is filled alone does so with 0.9 or more; or the odds of success of those
///   who have it, or have one of its values, are fifty times those of all, or a fiftieth, even at the nearer end of
///   the interval.
/// - Changed after the outcome: see ``LateChanges``.
struct LeakSearch {
    let leads: [CalibrationLead]
    private let rate: Double
    private let lateChanges: [String: LateChanges]

    private static let suspicious = 0.95
    private static let filled = 0.9
    private static let odds = 50.0

    init(_ leads: [CalibrationLead], _ settings: CalibrationSettings) {
        self.leads = leads
        lateChanges = LateChanges.all(leads, share: settings.changedAfter)
        rate = Double(leads.count(where: \.isSuccess)) / Double(leads.count)
    }

    func leak(_ field: FieldCatalogue.Field) -> CalibrationLeak? {
        tellingField(field) ?? lateField(field)
    }

    /// - Returns: also of a field that no lead had when it was seen.
    func lateField(_ field: FieldCatalogue.Field) -> CalibrationLeak? {
        lateChanges[field.name].map { changes in
            CalibrationLeak(
                field: field.name, reason: .changedAfterOutcome,
                auc: auc(field.type == .date ? filling(field) : scores(field)),
                description: "\(field.name) \(changes.text)", lateChanges: changes)
        }
    }

    private func filling(_ field: FieldCatalogue.Field) -> [Double] {
        leads.map { $0.record[field.name] != nil ? 1 : 0 }
    }

    private func tellingField(_ field: FieldCatalogue.Field) -> CalibrationLeak? {
        let filled = filling(field)
        guard filled.contains(1) else { return nil }
        let byFilling = auc(filled)
        // A date tells by being filled alone.
        let byValue = field.type == .date ? byFilling : auc(scores(field))
        func leak(_ reason: CalibrationLeak.Reason, _ auc: Double, _ text: String) -> CalibrationLeak {
            CalibrationLeak(field: field.name, reason: reason, auc: auc, description: "\(field.name) \(text)")
        }
        if byFilling >= Self.filled {
            return leak(.filledWithOutcome, byFilling, "is filled for one outcome and empty for the other")
        }
        if byValue >= Self.suspicious {
            return leak(.suspiciouslyGood, byValue, "alone tells the outcome nearly without fault")
        }
        if let text = tellingPart(field) { return leak(.filledWithOutcome, max(byFilling, byValue), text) }
        return nil
    }

    private func auc(_ scores: [Double]) -> Double {
        let auc = Prediction.auc(scores, leads.map(\.isSuccess)) ?? 0.5
        return max(auc, 1 - auc)
    }

    /// Numbers as they are, the rest by the success rate of the same value among the other half of the leads: with
    /// its own half, a value that few have would foretell itself.
    private func scores(_ field: FieldCatalogue.Field) -> [Double] {
        if field.type == .number {
            let known = leads.map { lead -> Double? in
                if case .number(let number) = lead.record[field.name] { number } else { nil }
            }
            let middle = Summary.median(known.compactMap(\.self)) ?? 0
            return known.map { $0 ?? middle }
        }
        var sums: [[String: (leads: Double, successes: Double)]] = [[:], [:]]
        let keys = leads.map { $0.record[field.name].map { $0.categories.joined(separator: "\n") } ?? "" }
        for (place, key) in keys.enumerated() {
            sums[place % 2][key, default: (0, 0)].leads += 1
            if leads[place].isSuccess { sums[place % 2][key, default: (0, 0)].successes += 1 }
        }
        return keys.enumerated().map { place, key in
            let (leads, successes) = sums[1 - place % 2][key] ?? (0, 0)
            return (successes + rate) / (leads + 1)
        }
    }

    private func tellingPart(_ field: FieldCatalogue.Field) -> String? {
        let hasCategories = field.type != .number && field.type != .date
        var parts: [String: (leads: Int, successes: Int)] = [:]
        for lead in leads {
            guard let value = lead.record[field.name] else { continue }
            for key in [""] + (hasCategories ? value.categories.map { "=" + $0 } : []) {
                parts[key, default: (0, 0)].leads += 1
                if lead.isSuccess { parts[key, default: (0, 0)].successes += 1 }
            }
        }
        for (key, part) in parts.sorted(by: { $0.key < $1.key }) where part.leads >= 20 {
            let interval = WilsonInterval(successes: part.successes, trials: part.leads)
            let name = key.isEmpty ? "where it is filled" : "where it is \(key.dropFirst())"
            if odds(interval.low) >= Self.odds * odds(rate) {
                return "\(name), nearly all \(part.leads) leads succeeded"
            }
            if odds(interval.high) * Self.odds <= odds(rate) {
                return "\(name), nearly none of \(part.leads) leads succeeded"
            }
        }
        return nil
    }

    private func odds(_ share: Double) -> Double { share / max(1 - share, 1e-12) }
}
