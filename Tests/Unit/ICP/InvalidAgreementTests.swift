import ICPDomain
import Testing

/// A document and the faults it has to report: all of them, at their lines.
struct InvalidAgreement: CustomTestStringConvertible {
    var name: String
    var text: String
    /// `line path`
    var faults: [String]
    /// Part of the first fault's text.
    var says: String

    var testDescription: String { name }
}

@Suite struct InvalidAgreementTests {
    static let documents: [InvalidAgreement] = [
        InvalidAgreement(name: "empty", text: "", faults: ["nil "], says: "empty document"),
        InvalidAgreement(
            name: "a list", text: "- a\n- b\n", faults: ["1 "], says: "found [a, b], expected a map with name"),
        InvalidAgreement(name: "no name", text: "currency: EUR\n", faults: ["1 name"], says: "found nothing"),
        InvalidAgreement(
            name: "unknown section", text: "name: X\nscorring: {}\n", faults: ["2 scorring"],
            says: "did you mean scoring?"),
        InvalidAgreement(
            name: "unknown field deep inside", text: small("threshold: 60", "treshold: 60"),
            faults: ["16 scoring.qualification.treshold"], says: "did you mean threshold?"),
        InvalidAgreement(
            name: "unknown operator", text: small("op: in,", "op: inn,"), faults: ["10 icp.criteria[1].when.op"],
            says: "did you mean in?"),
        InvalidAgreement(
            name: "unknown field of the catalogue",
            text: small("{field: company.industry, op: eq", "{field: company.industri, op: eq"),
            faults: ["13 scoring.fit[0].when.field"], says: "did you mean company.industry?"),
        InvalidAgreement(
            name: "ill-typed value", text: small("op: gte, value: 200", "op: gte, value: many"),
            faults: ["9 icp.criteria[0].when.value"], says: "expected a number"),
        InvalidAgreement(
            name: "operator of another type", text: small("op: eq, value: software", "op: gt, value: software"),
            faults: ["13 scoring.fit[0].when.op"], says: "an operator for text"),
        InvalidAgreement(
            name: "custom field not declared",
            text: small("{field: company.industry, op: eq", "{field: custom.plam, op: eq"),
            faults: ["13 scoring.fit[0].when.field"], says: "did you mean custom.plan?"),
        InvalidAgreement(
            name: "a lead's field in the ICP",
            text: small("{field: company.employees, op: gte, value: 200}", "{field: lead.source, op: exists}"),
            faults: ["9 icp.criteria[0].when.field"], says: "a field of company"),
        InvalidAgreement(
            name: "two forms of criteria",
            text: small("when: {field: company.employees, op: gte, value: 1000}", "when: {all: [], field: a, op: eq}"),
            faults: ["19 routing.rules[0].when"], says: "exactly one of all, any, none, field, event"),
        InvalidAgreement(
            name: "an empty group",
            text: small("when: {field: company.employees, op: gte, value: 1000}", "when: {any: []}"),
            faults: ["19 routing.rules[0].when.any"], says: "at least one condition"),
        InvalidAgreement(
            name: "duplicate ids", text: small("{id: webinar,", "{id: industry,"),
            faults: ["15 scoring.engagement[0].id"],
            says: "industry again"),
        InvalidAgreement(
            name: "threshold out of reach", text: small("cap: 60", "cap: 20"),
            faults: ["16 scoring.qualification.threshold"],
            says: "at most 40, the most that the rules can give"),
        InvalidAgreement(
            name: "threshold above 100", text: small("threshold: 60", "threshold: 160"),
            faults: ["16 scoring.qualification.threshold"], says: "a number from 0 to 100"),
        InvalidAgreement(
            name: "no half-life", text: small(", half_life: 14d", ""), faults: ["15 scoring.engagement[0].half_life"],
            says: "a duration"),
        InvalidAgreement(
            name: "half-life without decay", text: small("decay: exponential", "decay: none"),
            faults: ["15 scoring.engagement[0].half_life"], says: "nothing, as decay is not exponential"),
        InvalidAgreement(
            name: "unknown decay and duration",
            text: small("decay: exponential, half_life: 14d", "decay: exponentiel, window: 2 weeks"),
            faults: ["15 scoring.engagement[0].decay", "15 scoring.engagement[0].window"],
            says: "did you mean exponential?"),
        InvalidAgreement(
            name: "unknown calendar", text: small("calendar: berlin,", "calendar: berlln,"),
            faults: ["27 sla.timers[0].calendar"],
            says: "did you mean berlin?"),
        InvalidAgreement(
            name: "unknown zone", text: small("Europe/Berlin", "Europe/Berlinn"), faults: ["25 sla.calendars[0].zone"],
            says: "did you mean Europe/Berlin?"),
        InvalidAgreement(
            name: "never open", text: small("[{days: [mon, tue], intervals: [\"09:00-17:00\"]}]", "[]"),
            faults: ["25 sla.calendars[0]"], says: "no open hours"),
        InvalidAgreement(
            name: "ill-formed hours", text: small("\"09:00-17:00\"", "\"9-17\""),
            faults: ["25 sla.calendars[0].hours[0].intervals[0]"],
            says: "hours such as"),
        InvalidAgreement(
            name: "overlapping hours", text: small("\"09:00-17:00\"", "\"09:00-17:00\", \"16:00-18:00\""),
            faults: ["25 sla.calendars[0].hours[0].intervals[1]"], says: "do not overlap"),
        InvalidAgreement(
            name: "unknown stop", text: small("[accepted, rejected]", "[acepted, rejected]"),
            faults: ["27 sla.timers[0].stops_on[0]"],
            says: "did you mean accepted?"),
        InvalidAgreement(
            name: "a timer stopped by its start",
            text: small("[accepted, rejected]", "[accepted], starts_on: accepted"),
            faults: ["27 sla.timers[0].stops_on"], says: "not what starts the timer"),
        InvalidAgreement(
            name: "falling checkpoints", text: small("[50, 80]", "[80, 50]"), faults: ["27 sla.timers[0].checkpoints"],
            says: "rising percentages"),
        InvalidAgreement(
            name: "unknown consequence", text: small("then: nurture", "then: forget"),
            faults: ["22 routing.rejection_reasons[0].then"], says: "one of nurture, reassign, close"),
        InvalidAgreement(
            name: "pool and rep", text: small("pool: enterprise,", "pool: enterprise, rep: ana,"),
            faults: ["19 routing.rules[0]"],
            says: "exactly one of pool and rep"),
        InvalidAgreement(
            name: "no fallback", text: small("  fallback_pool: everyone\n", ""), faults: ["17 routing.fallback_pool"],
            says: "found nothing"),
        InvalidAgreement(
            name: "tiers not best first", text: small("name: B, at_least: 30", "name: B, at_least: 90"),
            faults: ["7 icp.tiers[1].at_least"], says: "best first"),
        InvalidAgreement(
            name: "weight of nothing", text: small("weight: 2", "weight: 0"), faults: ["9 icp.criteria[0].weight"],
            says: "a number above 0"),
        InvalidAgreement(
            name: "unknown model", text: small("model: linear", "model: lineal"), faults: ["28 attribution.model"],
            says: "did you mean linear?"),
        InvalidAgreement(
            name: "a key twice", text: "name: X\nicp: {}\nname: Y\n", faults: ["1 line 1"], says: "the key name twice"),
        InvalidAgreement(
            name: "not YAML", text: "name: [a, b\nicp: {}\n", faults: ["2 line 2"], says: "YAML or JSON"),
        InvalidAgreement(
            name: "an alias", text: "name: &a USD\ncurrency: *a\n", faults: ["1 name", "2 currency"],
            says: "an anchor or an alias"),
        InvalidAgreement(
            name: "a currency that is none", text: "name: X\ncurrency: dollars\n", faults: ["2 currency"],
            says: "ISO 4217"),
        InvalidAgreement(
            name: "many at once",
            text: """
                nme: X
                zone: Mars/Base
                targets: {acceptance_rate: 70}
                reviews: {interval: often, intervals: {scorin: 30d}}
                stages: {definitions: [{kind: mqll, owner: nobody}]}
                content: {assets: [{id: a b}]}
                fields: [{name: Bad Name, type: strin}]
                """,
            faults: [
                "1 nme", "2 zone", "3 targets.acceptance_rate", "4 reviews.interval", "4 reviews.intervals.scorin",
                "5 stages.definitions[0].kind", "5 stages.definitions[0].owner", "6 content.assets[0].id",
                "7 fields[0].name", "7 fields[0].type",
            ], says: "did you mean name?"),
    ]

    @Test(arguments: documents)
    func reportsEveryFaultAtItsLine(document: InvalidAgreement) {
        let found = faults(document.text)
        #expect(found.map { "\($0.line.map { String($0) } ?? "nil") \($0.path)" } == document.faults)
        #expect(found.first?.text.contains(document.says) == true, "\(found.first?.text ?? "no fault")")
    }

    @Test func theColumnIsThatOfTheValueOrOfAnUnknownKey() {
        #expect(faults(small("threshold: 60", "threshold: 160")).first?.column == 30)
        #expect(faults("name: X\n  \nicp:\n  teirs: []\n").first?.column == 3)
    }
}

@Suite struct HostileDocumentTests {
    @Test func aliasBombsAreRefusedBeforeTheyGrow() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<30 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 9).joined(separator: ", "))]\n"
        }
        #expect(faults(text).map(\.found) == ["many aliases"])
    }

    @Test func deepNestingAndSizeAreRefused() {
        let deep = "name: " + String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(faults(deep).contains { $0.expected == "at most 40 levels" })
        let deeper = "name: " + String(repeating: "[", count: 100_000)
        #expect(faults(deeper).count == 1)
        let large = "name: \"" + String(repeating: "x", count: 1_048_576) + "\""
        #expect(faults(large).map(\.expected) == ["at most 1048576 bytes"])
        let wide = "name: [" + String(repeating: "x,", count: 60_000) + "]"
        #expect(faults(wide).contains { $0.expected == "at most 50000" })
    }

    @Test func plainNoIsTextAndNotFalse() throws {
        #expect(
            try Tree.parse("a: no\nb: yes\nc: true\nd: 0123\ne: -1.5e3\nf: ~\n")
                == .map([
                    Tree.Entry("a", .text("no")), Tree.Entry("b", .text("yes")), Tree.Entry("c", .boolean(true)),
                    Tree.Entry("d", .text("0123")), Tree.Entry("e", .number(-1_500)), Tree.Entry("f", .null),
                ]))
    }
}
