import Contracts
import Hosting
import ICPDomain
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Looks in the closed deals for the companies that buy, and drafts an `icp` section of them.
    func discoverIcp(
        _ request: WireDiscoverIcpRequest, _ context: RPCContext
    ) async throws -> WireDiscoverIcpResponse {
        let question = try DiscoveryQuestion(request)
        let deals = try await ClosedDeals.fetch(question.period, metrics, context, atMost: analysis.deals)
        let now = store.clock.now()
        var join = try await store.read { [tiers, analysis] database in
            let record = try AgreementStore.inForce(at: now, now: now, database)
            return try DealJoin(
                deals, profile: record.map { try tiers.profile(of: $0) }, now: now, limits: analysis, database)
        }
        let input = try join.input(fields: question.fields)
        let found = Discovery(input, question.settings)
        var check = found.shuffles(seed: question.seed)
        while check.shuffles < question.shuffles {
            try Task.checkCancellation()
            check.next()
        }
        return WireDiscoverIcpResponse(found, join: join, check: check, others: question.others, now: now)
    }
}

/// A request, checked.
struct DiscoveryQuestion {
    let period: WirePeriod?
    /// Empty means all there are.
    let fields: [String]
    let settings: DiscoverySettings
    let shuffles: Int
    let seed: UInt64
    let others: Int

    /// - Throws: `invalid_argument` with every fault.
    init(_ request: WireDiscoverIcpRequest) throws {
        var faults: [WireFieldViolation] = []
        func number(_ value: Int32, _ path: String, in range: ClosedRange<Int>, default absent: Int) -> Int {
            if value == 0 { return absent }
            if !range.contains(Int(value)) {
                faults.append(
                    WireFieldViolation(
                        path, found: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)"))
            }
            return Int(value)
        }
        var settings = DiscoverySettings()
        if request.hasFalseDiscoveryRate { settings.falseDiscoveryRate = request.falseDiscoveryRate }
        if !(settings.falseDiscoveryRate > 0 && settings.falseDiscoveryRate <= 0.5) {
            faults.append(
                WireFieldViolation(
                    "false_discovery_rate", found: "\(settings.falseDiscoveryRate)", expected: "above 0, at most 0.5"))
        }
        settings.minimumDeals = number(
            request.minimumDeals, "minimum_deals", in: 5...1_000_000, default: settings.minimumDeals)
        settings.minimumAccounts = number(
            request.minimumAccounts, "minimum_accounts", in: 1...1_000_000, default: settings.minimumAccounts)
        settings.ranges = number(request.ranges, "ranges", in: 2...10, default: settings.ranges)
        settings.includesMissing = request.includeMissing
        shuffles = number(request.shuffles, "shuffles", in: 1...1_000, default: 0)
        others = request.hasOthers ? number(request.others, "others", in: 1...1_000, default: 0) : 20
        self.settings = settings
        seed = request.seed == 0 ? 1 : request.seed
        fields = request.fields
        period = request.hasPeriod ? request.period : nil
        if let period, period.hasFrom, period.hasTo, Instant(period.from) >= Instant(period.to) {
            faults.append(
                WireFieldViolation(
                    "period.to", found: Instant(period.to).text, expected: "a moment after period.from"))
        }
        guard faults.isEmpty else { throw RPCError.invalid(faults) }
    }
}
