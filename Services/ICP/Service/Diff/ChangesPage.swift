import Contracts
import ICPDomain
import Kernel
import Mustache

/// What differs between two agreements as a page for people, with the impact where it is known.
struct ChangesPage: Sendable {
    private let template: MustacheTemplate

    init() throws {
        template = try MustacheTemplate(string: String(decoding: PackageResources.changes_mustache, as: UTF8.self))
    }

    /// - Returns: HTML, with everything that people wrote escaped.
    func render(_ pair: AgreementPair, _ changes: [AgreementChange], impact: WireImpact?) -> String {
        template.render(ChangesModel(pair, changes, impact: impact))
    }
}

/// What the template shows: everything as the text that people read.
private struct ChangesModel {
    struct Section {
        let title: String
        let count: String
        let changes: [AgreementChange]
    }

    let title: String
    let subtitle: String
    let sections: [Section]
    let impact: ImpactModel?

    init(_ pair: AgreementPair, _ changes: [AgreementChange], impact: WireImpact?) {
        title = "\(pair.after.agreement.name): what changes"
        subtitle = "\(pair.after.title), against \(pair.before?.title ?? "no agreement")"
        sections = SectionChanges.grouped(changes).map { group in
            let count = group.changes.count
            return Section(
                title: group.title, count: count == 1 ? "1 change" : "\(count) changes", changes: group.changes)
        }
        self.impact = impact.map(ImpactModel.init)
    }
}

private struct ImpactModel {
    struct Figure {
        let name: String
        let value: String
    }

    struct Table {
        let title: String
        let note: String
        let rows: [Row]
    }

    struct Row {
        let from: String
        let to: String
        let leads: String
    }

    struct Cell {
        let before: String
        let after: String
        /// Stored: the template sees nothing else.
        let changed: Bool

        init(before: String, after: String) {
            self.before = before
            self.after = after
            changed = before != after
        }
    }

    struct Example {
        let lead: String
        let company: String
        let cells: [Cell]
    }

    struct Gap {
        let what: String
        let leads: String
        let reason: String
    }

    let asOf: String
    let figures: [Figure]
    let tables: [Table]
    let examples: [Example]
    let gaps: [Gap]
    private static let rowsAtMost = 30

    init(_ impact: WireImpact) {
        asOf = Instant(impact.asOf).text
        figures = [
            ("Leads looked at", impact.leads), ("Become an MQL", impact.becomeMql),
            ("Are no MQL any more", impact.ceaseMql), ("Have another grade", impact.gradeChanges),
            ("Would go to someone else", impact.ownerChanges),
        ].map { Figure(name: $0.0, value: Self.count($0.1)) }
        tables = [
            ("By stage", impact.stages), ("By grade", impact.grades), ("By where they would go", impact.owners),
        ].compactMap { Self.table($0.0, $0.1) }
        examples = impact.examples.map(Self.example)
        gaps = impact.notComputed.map { gap in
            Gap(
                what: gap.what == "owners" ? "Owners are not known" : "Not all leads were looked at",
                leads: gap.leads == 0 ? "" : Self.count(gap.leads), reason: gap.reason)
        }
    }

    /// The largest movements first; nil where nothing moves.
    private static func table(_ title: String, _ movements: [WireMovement]) -> Table? {
        let moved = movements.filter { $0.from != $0.to }.sorted {
            ($1.leads, $0.from, $0.to) < ($0.leads, $1.from, $1.to)
        }
        guard !moved.isEmpty else { return nil }
        let stay = movements.filter { $0.from == $0.to }.reduce(0) { $0 + $1.leads }
        let more = moved.count - rowsAtMost
        return Table(
            title: title, note: "\(count(stay)) stay\(more > 0 ? "; \(more) smaller movements are not shown" : "")",
            rows: moved.prefix(rowsAtMost).map {
                Row(from: $0.from.isEmpty ? "none" : $0.from, to: $0.to, leads: count($0.leads))
            })
    }

    private static func example(_ example: WireImpactExample) -> Example {
        Example(
            lead: example.leadID, company: example.company,
            cells: [
                Cell(before: points(example.totalBefore), after: points(example.totalAfter)),
                Cell(before: shown(example.gradeBefore), after: shown(example.gradeAfter)),
                Cell(before: shown(example.stageBefore), after: shown(example.stageAfter)),
                Cell(before: shown(example.ownerBefore), after: shown(example.ownerAfter)),
            ])
    }

    private static func shown(_ text: String) -> String { text.isEmpty ? "–" : text }

    /// With one digit behind the point.
    private static func points(_ total: Double) -> String {
        let tenths = Int64((min(max(total, -1e12), 1e12) * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }

    /// `12,345`
    private static func count(_ number: Int64) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3), digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
