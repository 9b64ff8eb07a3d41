/// Changes by section, for people.
public struct SectionChanges: Sendable {
    /// As in the document, such as `scoring`; `agreement` for what belongs to none.
    public let section: String
    public let title: String
    public let changes: [AgreementChange]

    /// Groups changes by section; both keep their order.
    public static func grouped(_ changes: [AgreementChange]) -> [SectionChanges] {
        var sections: [String] = []
        for change in changes where !sections.contains(change.section) { sections.append(change.section) }
        return sections.map { section in
            SectionChanges(
                section: section, title: titles[section] ?? section,
                changes: changes.filter { $0.section == section })
        }
    }

    /// All changes as plain text.
    public static func text(_ changes: [AgreementChange]) -> String {
        guard !changes.isEmpty else { return "no changes" }
        return grouped(changes).map { group in
            ([group.title] + group.changes.map { "  \($0.sentence)" }).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static let titles = [
        "agreement": "The agreement", "fields": "Custom fields", "icp": "Who we sell to", "stages": "Stages",
        "scoring": "Scoring", "routing": "Routing", "sla": "Service levels", "attribution": "Attribution",
        "targets": "Targets", "content": "Content", "reviews": "Reviews",
    ]
}
