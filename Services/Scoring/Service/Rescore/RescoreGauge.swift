import CoreMetrics
import Platform

/// How many leads are still to be scored anew, as a metric.
struct RescoreGauge: Sendable {
    private static let label = "accord_scoring_rescore_leads_left"
    private let gauge: Gauge

    init(owner: String) {
        let factory = MetricsSystem.factory
        factory.describe(Self.label, "Stored leads that the version in force has not scored yet.")
        gauge = Gauge(label: Self.label, dimensions: [("service", owner)], factory: factory)
    }

    func record(_ leads: Int) { gauge.record(leads) }
}
