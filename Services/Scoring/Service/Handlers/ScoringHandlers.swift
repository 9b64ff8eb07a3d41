import Contracts
import Hosting
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf

/// The methods; each has a file of its own.
struct ScoringHandlers: WireScoringServiceHandlers {
    let store: Store
    let library: AgreementLibrary<ScoringRules>
    /// The leads that this replica answers for.
    let partitions: PartitionSet
    let icp: WireIcpServiceClient
    let metrics: WireMetricsServiceClient
    let analysis: AnalysisLimits
    let webhooks: WebhookSettings

    /// The largest batches.
    static let leadsMax = 1_000
    static let engagementsMax = 10_000

    /// The moment that a read asks for; now where it asks for none.
    func asOf(_ given: Bool, _ timestamp: Google_Protobuf_Timestamp) throws -> Instant {
        guard given else { return store.clock.now() }
        guard let moment = Instant(valid: timestamp) else {
            throw RPCError.invalid(
                "as_of", found: "\(timestamp.seconds) seconds", expected: "a moment of the years 1 to 9999")
        }
        return moment
    }

    static func requireBatch(leads: Int, engagements: Int) throws {
        var faults: [WireFieldViolation] = []
        if leads > leadsMax {
            faults.append(WireFieldViolation("leads", found: "\(leads) leads", expected: "at most \(leadsMax)"))
        }
        if engagements > engagementsMax {
            faults.append(
                WireFieldViolation(
                    "engagements", found: "\(engagements) engagements", expected: "at most \(engagementsMax)"))
        }
        guard faults.isEmpty else { throw RPCError.invalid(faults) }
    }

    /// Takes a batch in one transaction. Items whose shape is wrong fail alone.
    func take(
        _ leads: [WireLead], _ engagements: [WireEngagement], _ faults: BatchFaults, _ rules: ScoringRules,
        in transaction: StoreTransaction
    ) throws -> (leads: [WireItemResult], engagements: [WireItemResult]) {
        var intake = Intake(transaction, rules, library)
        var leadResults: [WireItemResult] = []
        leadResults.reserveCapacity(leads.count)
        for index in leads.indices {
            if !faults.leads.isEmpty, let found = faults.leads[index] {
                leadResults.append(.failed(index, leads[index].leadID, found))
            } else {
                leadResults.append(try intake.take(leads[index], at: index))
            }
        }
        var engagementResults: [WireItemResult] = []
        engagementResults.reserveCapacity(engagements.count)
        for index in engagements.indices {
            if !faults.engagements.isEmpty, let found = faults.engagements[index] {
                engagementResults.append(.failed(index, engagements[index].engagementID, found))
            } else {
                engagementResults.append(try intake.take(engagements[index], at: index))
            }
        }
        try intake.finish()
        return (leadResults, engagementResults)
    }
}

/// The faults of a batch's items, by their position; sound items have none.
struct BatchFaults: Sendable {
    private(set) var leads: [Int: [WireFieldViolation]] = [:]
    private(set) var engagements: [Int: [WireFieldViolation]] = [:]

    init(leads: [WireLead], engagements: [WireEngagement], now: Instant) {
        for index in leads.indices {
            let faults = leads[index].faults(at: index, now: now)
            if !faults.isEmpty { self.leads[index] = faults }
        }
        for index in engagements.indices {
            let faults = engagements[index].faults(at: index, now: now)
            if !faults.isEmpty { self.engagements[index] = faults }
        }
    }

    /// All of them, in the request's order.
    var all: [WireFieldViolation] {
        leads.sorted { $0.key < $1.key }.flatMap(\.value) + engagements.sorted { $0.key < $1.key }.flatMap(\.value)
    }
}
