import Contracts
import Foundation
import Hosting
import Kernel
import Platform
import Storage
import SwiftProtobuf
import Synchronization

/// A rescore of a whole store, durable, with no one to tell its events to.
struct Rescoring: Encodable {
    let version: Int64
    let leads: Int64
    let changed: Int64
    let qualified: Int64
    let cooled: Int64
    let seconds: Double
    /// Of all threads.
    let processorSeconds: Double
    let leadsPerSecond: Double
    /// The longest that intake of one engagement every tenth of a second had to wait.
    let intakeMillisecondsMax: Double
    let residentMebibytesMax: Int

    /// - Parameter version: 2 for other points over the same accumulators, 3 for other half-lives besides; 4 for another
    ///   threshold alone.
    init(_ path: String, version: Int, agreements: [WireAgreementVersion]) async throws {
        let service = try BenchService(path, agreements: agreements, at: StoreMaking.end, StoreSettings())
        guard let agreement = Self.agreement(version, agreements),
            let duty = service.assembly.duties.first(where: { $0.name == "rescore-leads" })
        else { throw BenchFailure("\(version) is no version of the benchmark") }
        while try await duty.runOnce() > 0 {}
        try await service.activate(agreement)
        let (start, processor) = (ContinuousClock.now, Self.processorSeconds())
        let isOver = Atomic(false)
        async let waits = Self.waits(service) { isOver.load(ordering: .relaxed) }
        var resident = 0
        while try await duty.runOnce() > 0 { resident = max(resident, Self.residentMebibytes()) }
        seconds = start.duration(to: .now) / .seconds(1)
        processorSeconds = Self.processorSeconds() - processor
        isOver.store(true, ordering: .relaxed)
        intakeMillisecondsMax = try await waits
        let rescore = try await service.client.listRescores(.init()).rescores[0]
        (self.version, leads, changed) = (rescore.agreementVersion, rescore.lookedAt, rescore.changed)
        (qualified, cooled) = (rescore.qualified, rescore.cooled)
        leadsPerSecond = Double(leads) / seconds
        residentMebibytesMax = resident
        try await service.store.close()
    }

    private static func waits(_ service: BenchService, until isOver: @Sendable () -> Bool) async throws -> Double {
        let lead = try await service.client.listLeads(.with { $0.page.pageSize = 1 }).leads[0].lead.leadID
        var longest = 0.0
        var count = 0
        while !isOver() {
            let start = ContinuousClock.now
            count += 1
            let number = count
            _ = try await service.client.recordEngagements(
                .with {
                    $0.engagements = [
                        .with {
                            $0.engagementID = "during-\(number)"
                            $0.leadID = lead
                            $0.kind = "page_viewed"
                            $0.occurredAt = StoreMaking.end.wire
                        }
                    ]
                })
            longest = max(longest, start.duration(to: .now) / .milliseconds(1))
            try await Task.sleep(for: .milliseconds(100))
        }
        return longest
    }

    private static func agreement(_ version: Int, _ known: [WireAgreementVersion]) -> WireAgreementVersion? {
        guard known.indices.contains(version - 1) || version == 4 else { return nil }
        var agreement = known[version == 4 ? 0 : version - 1]
        agreement.version = Int64(version)
        agreement.effectiveAt = StoreMaking.end.wire
        if version == 4 { agreement.agreement.scoring.qualification.threshold -= 4 }
        return agreement
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func residentMebibytes() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? ((Int(fields[1]) ?? 0) * 4_096) >> 20 : 0
    }
}
