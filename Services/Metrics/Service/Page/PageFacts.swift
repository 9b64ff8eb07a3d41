import GRDB
import Kernel
import MetricsDomain
import RPC

/// The reports that the page puts side by side, read from one snapshot.
struct PageFacts: Sendable {
    let terms: AgreedTerms
    let funnel: FunnelTally
    let anomalies: [FunnelAnomaly]
    let levels: [(key: ServiceLevelKey, level: ServiceLevel)]
    /// nil where the deals are in more than one currency; `refusal` says so.
    let revenue: Revenue?
    let refusal: String

    struct Revenue: Sendable {
        let deals: PipelineSums
        let attribution: [AttributionTally]
        let currency: String
    }

    init(_ question: PageQuestion, _ database: Database, terms: AgreedTerms) throws {
        self.terms = terms
        let period = question.period
        funnel = try database.funnel(split: question.split, basis: question.basis, period: period)
        anomalies = try database.funnelAnomalies(basis: question.basis, period: period)
        levels = try database.serviceLevels(split: .none, period: period)
        do {
            revenue = try Revenue(database, period: period, terms: terms)
            refusal = ""
        } catch let error as RPCError where error.code == .failedPrecondition {
            revenue = nil
            refusal = error.message
        }
    }
}

extension PageFacts.Revenue {
    init(_ database: Database, period: ReportPeriod, terms: AgreedTerms) throws {
        let pipeline = try database.pipeline(split: .none, period: period)
        deals = pipeline.total
        currency = try Reports.currency(of: pipeline.currencies, terms: terms)
        attribution = try database.attribution(
            by: ReportDimension.ofTouches[0], period: period, models: AttributionModel.all(agreed: terms.model),
            terms: terms
        ).tallies
    }
}
