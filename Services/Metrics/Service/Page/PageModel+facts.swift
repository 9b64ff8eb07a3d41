import Kernel
import MetricsDomain

extension PageModel {
    init(_ question: PageQuestion, _ facts: PageFacts) {
        self.init()
        let terms = facts.terms
        title = terms.name.isEmpty ? "Sales and marketing, side by side" : terms.name
        agreement =
            terms.version == 0
            ? "No agreement is in force yet: reports use its defaults."
            : "Agreement version \(terms.version), in force since \(terms.zone.day(of: terms.effectiveAt).text)"
        signatures = terms.signatures.joined(separator: ", ")
        ask(question, terms.zone)
        isEmpty = facts.funnel.rows.isEmpty && (facts.revenue?.deals.opportunities ?? 0) == 0 && facts.levels.isEmpty
        let total = facts.funnel.total
        show(total)
        marketing = Self.marketing(total, terms)
        sales = Self.sales(total, facts.revenue, terms)
        slices = facts.funnel.rows.map { Self.slice($0.slice, value: $0.value) }
        levels = facts.levels.map { Self.level($0.level, timer: $0.key.rule) }
        attributionNote = facts.refusal
        if let revenue = facts.revenue { show(revenue, terms) }
        anomalies = facts.anomalies.prefix(20).map { Anomaly(lead: $0.leadID, description: $0.description) }
        anomalyCount = "\(facts.anomalies.count)"
    }

    private mutating func ask(_ question: PageQuestion, _ zone: ReportZone) {
        faults = question.faults
        from = question.from
        to = question.to
        bases = [
            Choice(value: "period", title: "what happened in it", selected: question.basis == .period),
            Choice(value: "cohort", title: "leads that came in it", selected: question.basis == .cohort),
        ]
        splits = ReportDimension.ofLeads.map {
            Choice(value: $0.name, title: Self.words($0.name), selected: $0.name == question.split.name)
        }
        splitName = Self.words(question.split.name)
        let everything = from.isEmpty && to.isEmpty
        let span = "\(from.isEmpty ? "the beginning" : from) to \(to.isEmpty ? "now" : to) (\(zone.name))"
        let what = question.basis == .cohort ? "Leads that came" : "What happened"
        basisNote = everything ? "All time" : "\(what) from \(span)"
    }

    private mutating func show(_ total: FunnelSlice) {
        let widest = max(1, DemandState.path.map(total.entered).max() ?? 1)
        let conversions = total.conversions()
        stages = DemandState.path.map { state in
            let next = conversions.first { $0.pair.from == state && $0.pair.to.rawValue == state.rawValue + 1 }
            return Stage(
                title: state.title, side: state <= .mql ? "marketing" : "sales",
                leads: Self.count(total.entered(state)),
                share: PlainNumber.text(Double(total.entered(state)) / Double(widest) * 100, digits: 1),
                next: next.map { Self.rate($0) } ?? "",
                days: next?.days.map { PlainNumber.text($0.median, digits: 1) } ?? "",
                leaked: state == .customer ? "" : Self.count(total.leaked(state)))
        }
        offPath = [DemandState.nurture, .disqualified, .lost]
            .map { "\($0.title) \(Self.count(total.entered($0)))" }.joined(separator: ", ")
    }

    private static func marketing(_ total: FunnelSlice, _ terms: AgreedTerms) -> [Figure] {
        [
            Figure(name: "New leads", value: count(total.entered(.inquiry)), note: ""),
            Figure(name: "MQLs", value: count(total.entered(.mql)), note: ""),
            figure("Accepted by sales", .mql, .sal, total, target: terms.acceptanceTarget),
            figure("MQL to SQL", .mql, .sql, total, target: terms.mqlToSQLTarget),
        ]
    }

    private static func sales(_ total: FunnelSlice, _ revenue: PageFacts.Revenue?, _ terms: AgreedTerms) -> [Figure] {
        let customers = figure("MQL to customer", .mql, .customer, total, target: nil)
        guard let revenue else { return [customers] }
        let deals = revenue.deals
        return [
            customers,
            Figure(
                name: "Won value", value: money(deals.wonMinorUnits, revenue.currency),
                note: "\(count(deals.won)) deals"),
            Figure(
                name: "Win rate", value: deals.won + deals.lost == 0 ? "–" : percent(deals.winRate),
                note: "\(count(deals.lost)) lost, \(count(deals.open)) open"),
            Figure(
                name: "Cycle", value: deals.timed == 0 ? "–" : "\(PlainNumber.text(deals.cycleDays, digits: 1)) days",
                note: "opening to closing, won"),
        ]
    }

    private static func figure(
        _ name: String, _ from: DemandState, _ to: DemandState, _ total: FunnelSlice, target: Double?
    ) -> Figure {
        let conversion = total.conversions().first { $0.pair == StagePair(from, to) }
        return Figure(
            name: name, value: conversion.map(rate) ?? "–", note: target.map { "target \(percent($0))" } ?? "")
    }

    /// Columns as in the template's table of slices.
    private static func slice(_ slice: FunnelSlice, value: String) -> Slice {
        let counts = DemandState.path.map { count(slice.entered($0)) }
        let conversions = slice.conversions()
        let toSQL = conversions.first { $0.pair == StagePair(.mql, .sql) }
        let toCustomer = conversions.first { $0.pair == StagePair(.mql, .customer) }
        return Slice(
            value: value.isEmpty ? "(blank)" : value,
            cells: counts + [
                toSQL.map(rate) ?? "–", toCustomer.map(rate) ?? "–",
                toCustomer?.days.map { PlainNumber.text($0.median, digits: 1) } ?? "–",
            ])
    }

    private static func level(_ level: ServiceLevel, timer: String) -> Level {
        let ended = level.met + level.breached
        return Level(
            timer: words(timer),
            cells: [level.armed, level.met, level.breached, level.running].map { count($0) }
                + [duration(level.summary?.median), duration(level.summary?.p90)],
            kept: ended == 0 ? "–" : percent(level.kept), share: PlainNumber.text(level.kept * 100, digits: 1),
            isKept: ended > 0)
    }

    private mutating func show(_ revenue: PageFacts.Revenue, _ terms: AgreedTerms) {
        currency = revenue.currency
        models = revenue.attribution.map { Column(title: $0.model.name, agreed: $0.model == terms.model) }
        let rows = revenue.attribution.map { Dictionary(uniqueKeysWithValues: $0.rows.map { ($0.value, $0.credit) }) }
        let agreed = revenue.attribution.first { $0.model == terms.model }
        let linear = revenue.attribution.first { $0.model == .linear }
        let order = (agreed?.rows ?? []).map(\.value)
        let rest = (linear?.rows ?? []).map(\.value).filter { !order.contains($0) }
        let whole = Double(max(1, agreed?.total ?? 1))
        credits = (order + rest).map { value in
            let credit = agreed?.rows.first { $0.value == value }?.credit.minorUnits ?? 0
            return Credit(
                value: value.isEmpty ? "(blank)" : value,
                cells: rows.map { Self.amount($0[value]?.minorUnits ?? 0, revenue.currency) },
                share: PlainNumber.text(Double(credit) / whole * 100, digits: 1))
        }
        if let unattributed = linear?.unattributed, unattributed > 0 {
            credits.append(
                Credit(
                    value: "without any touch", cells: models.map { _ in Self.amount(unattributed, revenue.currency) },
                    share: PlainNumber.text(Double(unattributed) / whole * 100, digits: 1)))
        }
    }
}

extension PageModel {
    fileprivate static func count(_ value: Int) -> String { PlainNumber.grouped(Int64(value)) }

    fileprivate static func percent(_ share: Double) -> String { "\(PlainNumber.text(share * 100, digits: 1)) %" }

    fileprivate static func rate(_ conversion: Conversion) -> String {
        conversion.base == 0 ? "–" : percent(conversion.rate)
    }

    /// In whole major units.
    fileprivate static func money(_ minorUnits: Int64, _ currency: String) -> String {
        "\(PlainNumber.grouped(minorUnits / Money.scale(of: currency))) \(currency)"
    }

    /// To the minor unit, so that columns can be added up by hand.
    fileprivate static func amount(_ minorUnits: Int64, _ currency: String) -> String {
        let (major, minor) = minorUnits.quotientAndRemainder(dividingBy: Money.scale(of: currency))
        let digits = Money.digits(of: currency)
        guard digits > 0 else { return PlainNumber.grouped(major) }
        let fraction = String(minor)
        return "\(PlainNumber.grouped(major)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }

    /// Seconds as `3h 20m`, the two largest units.
    fileprivate static func duration(_ seconds: Double?) -> String {
        guard let seconds else { return "–" }
        let minutes = Int64((seconds / 60).rounded())
        let (days, hours) = (minutes / 1_440, minutes / 60 % 24)
        if days > 0 { return "\(days)d \(hours)h" }
        return hours > 0 ? "\(hours)h \(minutes % 60)m" : "\(minutes)m"
    }

    fileprivate static func words(_ name: String) -> String {
        name.replacing("_", with: " ")
    }
}
