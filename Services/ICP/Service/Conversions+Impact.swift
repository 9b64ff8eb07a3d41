import Contracts
import ICPDomain
import Kernel
import Platform
import SwiftProtobuf

extension WireImpact {
    init(_ tally: ImpactTally, asOf: Instant, notComputed: [WireNotComputed]) {
        self.init()
        self.asOf = asOf.wire
        leads = Int64(tally.leads)
        gradeChanges = Int64(tally.gradeChanges)
        stageChanges = Int64(tally.stageChanges)
        becomeMql = Int64(tally.becomeMQL)
        ceaseMql = Int64(tally.ceaseMQL)
        ownerChanges = Int64(tally.ownerChanges)
        grades = tally.grades.map(\.wire)
        stages = tally.stages.map(\.wire)
        owners = tally.owners.map(\.wire)
        examples = tally.examples.map(\.wire)
        self.notComputed = notComputed
    }
}

extension WireNotComputed {
    /// Grades and stages of an unknown number of leads.
    static func leads(_ reason: String) -> WireNotComputed {
        .with {
            $0.what = "grades_and_stages"
            $0.reason = reason
        }
    }

    /// Nil where the replica of Scoring that was asked has all leads.
    init?(partitions: String) {
        guard partitions != PartitionSet.all.text else { return nil }
        self = .leads("the replica of Scoring that was asked owns the partitions \(partitions) only")
    }
}

extension Movement {
    fileprivate var wire: WireMovement {
        .with {
            $0.from = from
            $0.to = to
            $0.leads = Int64(leads)
        }
    }
}

extension LeadMove {
    init(_ lead: WireLeadComparison, owners: WireRoutingComparison?) {
        self.init(
            leadID: lead.leadID, company: lead.company,
            before: LeadStanding(lead.before, owner: owners.flatMap { $0.hasBefore ? $0.before.owner : nil }),
            after: LeadStanding(lead.after, owner: owners.flatMap { $0.hasAfter ? $0.after.owner : nil }))
    }

    fileprivate var wire: WireImpactExample {
        .with {
            $0.leadID = leadID
            $0.company = company
            $0.gradeBefore = before.grade
            $0.gradeAfter = after.grade
            $0.totalBefore = before.total
            $0.totalAfter = after.total
            $0.stageBefore = before.stage
            $0.stageAfter = after.stage
            $0.ownerBefore = before.owner ?? ""
            $0.ownerAfter = after.owner ?? ""
        }
    }
}

extension LeadStanding {
    fileprivate init(_ score: WireComparedScore, owner: String?) {
        let stage =
            switch score.state {
            case .mql: "mql"
            case .engaged: "engaged"
            case .inquiry: "inquiry"
            default: ""
            }
        self.init(total: score.total, grade: score.grade, stage: stage, owner: owner)
    }
}

extension WireRoutingChoice {
    /// Whose turn it is in a pool says nothing of the agreement: the pool is the owner.
    fileprivate var owner: String {
        if !poolID.isEmpty { return "pool \(poolID)\(waiting ? ", waiting" : "")" }
        return repID.isEmpty ? "no one" : "rep \(repID)\(waiting ? ", waiting" : "")"
    }
}

extension WireComparedScore {
    /// What routing rules read of it.
    func score(at asOf: Instant) -> WireScore {
        .with {
            $0.total = total
            $0.grade = grade
            $0.tier = tier
            $0.asOf = asOf.wire
        }
    }
}

extension WireCriteria {
    /// Whether a leaf asks what a lead did.
    var asksBehaviour: Bool {
        !event.isEmpty || (all + any + none).contains { $0.asksBehaviour }
    }
}
