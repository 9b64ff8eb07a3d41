import Kernel
import MetricsDomain

/// What the page was asked to show. A parameter that means nothing is said so on the page, which then shows its
/// default.
struct PageQuestion: Sendable {
    private(set) var from = ""
    private(set) var to = ""
    private(set) var period = ReportPeriod.allTime
    private(set) var basis = ReportBasis.period
    private(set) var split = ReportDimension.ofLeads[0]
    private(set) var faults: [String] = []

    /// - Parameters:
    ///   - query: `from` and `to`, days, both inside; `basis`; `split`.
    ///   - zone: whose days they are.
    init(_ query: [String: String], zone: ReportZone) {
        let first = day(query["from"], name: "from")
        let last = day(query["to"], name: "to")
        if let asked = ReportPeriod(
            from: first.map(zone.start), to: last.map { zone.start(of: $0.adding(days: 1)) })
        {
            period = asked
            from = first?.text ?? ""
            to = last?.text ?? ""
        } else {
            faults.append("The last day lies before the first one: all time is shown.")
        }
        if let text = query["basis"], !text.isEmpty {
            if let asked = ReportBasis(rawValue: text) {
                basis = asked
            } else {
                faults.append("There is no basis “\(text)”: it is period or cohort.")
            }
        }
        if let text = query["split"], !text.isEmpty {
            if let asked = ReportDimension.ofLeads.first(where: { $0.name == text }) {
                split = asked
            } else {
                faults.append("The funnel cannot be split by “\(text)”: source is shown.")
            }
        }
    }

    private mutating func day(_ text: String?, name: String) -> CivilDate? {
        guard let text, !text.isEmpty else { return nil }
        if let day = CivilDate(text: text) { return day }
        faults.append("“\(text)” is no day for \(name): write it as 2026-03-31.")
        return nil
    }
}
