import Contracts
import Kernel
import SwiftProtobuf

/// Leads in words.
enum LeadText {
    /// A line for each thing that is known.
    static func whole(_ record: WireLeadRecord) -> String {
        let score = record.score
        let heading: [(String, String)] = [
            ("lead", record.lead.leadID),
            ("former ids", record.formerIds.joined(separator: ", ")),
            ("in other systems", record.externalIds.map { "\($0.source):\($0.id)" }.joined(separator: ", ")),
            (
                "state",
                state(record.state) + (record.hasQualifiedAt ? " since \(Instant(record.qualifiedAt).text)" : "")
                    + (record.hasCooledAt ? ", cooled at \(Instant(record.cooledAt).text)" : "")
                    + (record.hasCoolsAt ? ", cools at \(Instant(record.coolsAt).text)" : "")
            ),
            (
                "score",
                "\(score.shown) points, grade \(score.grade), agreement version \(score.agreementVersion), "
                    + "\(record.engagementCount) engagements"
            ),
            ("created", Instant(record.lead.createdAt).text),
        ]
        var table = TextTable(["field", "value", "said by", "at", "under"])
        for origin in record.fieldOrigins where origin.field != "lead.created_at" {
            table.add([
                origin.field, CriteriaWords.text(origin.value), origin.sourceSystem,
                origin.hasChangedAt ? Instant(origin.changedAt).text : "", origin.leadID,
            ])
        }
        let lines = heading.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)" }
        let merges = record.merges.map { merge in
            let reason = merge.reason.isEmpty ? "" : ": \(merge.reason)"
            let way = merge.split ? "from" : "into"
            return "  \(Instant(merge.mergedAt).text)  \(merge.mergedID) \(way) \(merge.leadID) by "
                + "\(merge.mergedBy)\(reason)"
        }
        return (lines + [table.text] + (merges.isEmpty ? [] : ["merges:"] + merges)).joined(separator: "\n")
    }

    static func change(_ change: WireFieldChange) -> String {
        let before = change.hasBefore ? CriteriaWords.text(change.before) : "nothing"
        let after = change.hasAfter ? CriteriaWords.text(change.after) : "nothing"
        let source = change.sourceSystem.isEmpty ? "" : " by \(change.sourceSystem)"
        let what = change.late ? "\(after), which came late" : "\(before) -> \(after)"
        return "  \(Instant(change.changedAt).text)  \(change.field): \(what)\(source)"
    }

    static func state(_ state: WireDemandState) -> String {
        switch state {
        case .inquiry: "inquiry"
        case .engaged: "engaged"
        case .mql: "mql"
        default: "unknown"
        }
    }
}
