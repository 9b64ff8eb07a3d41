import ICPDomain
import Testing

@Suite struct DiffTests {
    static func sentences(_ old: String, _ new: String) throws -> [String] {
        try AgreementDiff.between(Agreement.read(small).tree, Agreement.read(small(old, new)).tree).map(\.sentence)
    }

    @Test func theSameAgreementHasNoChanges() throws {
        #expect(try Self.sentences("name: Small", "name: \"Small\"").isEmpty)
    }

    @Test(arguments: [
        ("threshold: 60", "threshold: 55", "MQL threshold 60 -> 55"),
        ("points: 60,", "points: 80,", "fit rule industry points 60 -> 80"),
        ("half_life: 14d", "half_life: 7d", "engagement rule webinar half life 14d -> 7d"),
        (
            "name: A, at_least: 60}",
            "name: A, at_least: 60, requires: {field: company.employees, op: gte, value: 200}}",
            "tier A now also needs employees >= 200"
        ),
        ("name: A, at_least: 60", "name: A, at_least: 70", "tier A from score 60 -> 70"),
        ("duration: 4h", "duration: 2h", "timer accept duration 4h -> 2h"),
        ("pool: enterprise", "pool: large", "routing rule big goes to pool enterprise -> large"),
        ("fallback_pool: everyone", "fallback_pool: nobody", "fallback pool everyone -> nobody"),
        ("model: linear", "model: first", "attribution model linear -> first"),
        (
            "company.employees, op: gte, value: 1000", "company.employees, op: gte, value: 500",
            "routing rule big now holds when employees >= 500 (was: employees >= 1000)"
        ),
        (
            "    - {code: no_budget, then: nurture}",
            "    - {code: no_budget, then: nurture}\n    - {code: spam, then: close}",
            "new rejection reason spam: description spam, then close"
        ),
        (
            "    - {id: industry, weight: 1, when: {field: company.industry, op: in, value: [software, retail]}}\n", "",
            "ICP criterion industry is gone (was: weight 1, when industry in [software, retail])"
        ),
        (
            "stops_on: [accepted, rejected]", "stops_on: [accepted, touched]",
            "timer accept stops on: now also touched, no longer rejected"
        ),
        (
            "hours: [{days: [mon, tue]", "hours: [{days: [mon, wed]",
            "calendar berlin hours [days [mon, tue], intervals [09:00-17:00]] -> "
                + "[days [mon, wed], intervals [09:00-17:00]]"
        ),
        ("checkpoints: [50, 80]", "checkpoints: [50, 90]", "timer accept checkpoints [50, 80] -> [50, 90]"),
        (
            "when: {field: company.employees, op: gte, value: 1000}",
            "when: {all: [{field: company.employees, op: gte, value: 1000}, {field: company.country, op: eq, value: DE}]}",
            "routing rule big now also needs country is DE"
        ),
        (
            "event: webinar_attended, points: 20",
            "event: webinar_attended, where: {field: engagement.channel, op: eq, value: live}, points: 20",
            "engagement rule webinar now counts only where engagement.channel is live"
        ),
        (
            "    - {name: A, at_least: 60}\n    - {name: B, at_least: 30}",
            "    - {name: B, at_least: 30}\n    - {name: A, at_least: 20}",
            "tier A from score 60 -> 20"
        ),
        (
            "scoring:\n", "scoring:\n  late_after: 30d\n",
            "lateness from which engagement does not count none -> 30d"
        ),
        ("scoring:\n", "scoring:\n  negatives_floor: -40\n", "lowest of all negatives none -> -40"),
        (
            "scoring:\n", "scoring:\n  negatives: [{id: gone, points: -9, event: left}]\n",
            "new negative rule gone: points -9, event left"
        ),
        (
            "scoring:\n", "scoring:\n  kinds: [{kind: webinar_attended}]\n",
            "new kind of engagement webinar_attended: kind webinar_attended"
        ),
    ])
    func speaksInTheWordsOfTheBusiness(old: String, new: String, sentence: String) throws {
        let sentences = try Self.sentences(old, new)
        #expect(sentences.contains(sentence), "\(sentences)")
    }

    @Test(arguments: [
        (
            "targets: {revenue_per_quarter: {minor_units: 100, currency: USD}}",
            "targets: {revenue_per_quarter: {minor_units: 200, currency: USD}}",
            "revenue target of a quarter in minor units 100 -> 200"
        ),
        ("targets: {win_rate: 0.2}", "targets: {win_rate: 0.3}", "win rate target 0.2 -> 0.3"),
        (
            "reviews: {intervals: {icp: 90d}}", "reviews: {intervals: {icp: 60d}}",
            "review interval of icp 90d -> 60d"
        ),
        (
            "scoring: {calibration: {minimum_leads: 200}}", "scoring: {calibration: {minimum_leads: 300}}",
            "leads that a calibration needs 200 -> 300"
        ),
    ])
    func valuesOfSectionsHaveNamesOfTheirOwn(old: String, new: String, sentence: String) throws {
        let before = try Agreement.read("name: Small\n\(old)\n").tree
        #expect(
            AgreementDiff.between(before, try Agreement.read("name: Small\n\(new)\n").tree).map(\.sentence) == [
                sentence
            ])
    }

    @Test func aRuleThatIsNoLongerAboutAPropertySaysSo() throws {
        let rule = "  negatives: [{id: gone, points: -9, when: {event: left}}]\n"
        let old = small("  engagement:\n", rule + "  engagement:\n")
        let new = old.replacing("when: {event: left}", with: "event: left, decay: linear, window: 90d")
        let changes = try AgreementDiff.between(Agreement.read(old).tree, Agreement.read(new).tree)
        #expect(
            changes.map(\.sentence).sorted() == [
                "negative rule gone decay none -> linear", "negative rule gone event none -> left",
                "negative rule gone is no longer about a property (was: left)",
                "negative rule gone window none -> 90d",
            ])
    }

    @Test func aNewRuleInFrontChangesNothingElse() throws {
        let sentences = try Self.sentences(
            "    - {id: big,",
            "    - {id: huge, pool: strategic, when: {field: company.employees, op: gte, value: 9000}}\n    - {id: big,"
        )
        #expect(sentences == ["new routing rule huge (before big): when employees >= 9000, pool strategic"])
    }

    @Test func sayWhereAndWhat() throws {
        let change = try #require(
            AgreementDiff.between(
                Agreement.read(small).tree, Agreement.read(small("points: 60,", "points: 80,")).tree
            ).first)
        #expect(change.path == "scoring.fit[industry].points")
        #expect(change.section == "scoring" && change.before == "60" && change.after == "80")
    }

    @Test func theOrderOfRulesMatters() throws {
        let two = small(
            "    - {id: big,", "    - {id: huge, pool: x, when: {field: company.name, op: exists}}\n    - {id: big,")
        let rule = "    - {id: huge, pool: x, when: {field: company.name, op: exists}}\n"
        let other = small("  fallback_pool", rule + "  fallback_pool")
        let changes = try AgreementDiff.between(Agreement.read(two).tree, Agreement.read(other).tree)
        #expect(changes.map(\.sentence) == ["the order of routing rules is now big, huge"])
    }

    /// A stored version has its keys in the order of its canonical JSON, a new one in that of the document.
    @Test func theOrderOfKeysDoesNotMatter() throws {
        let rule = "    - {id: seen, points: 5, when: {event: visited, within: 30d, at_least: 2}}\n"
        let tree = try Agreement.read(small("  engagement:\n", rule + "  engagement:\n")).tree
        #expect(try AgreementDiff.between(Tree.parse(tree.canonicalJSON), tree).isEmpty)
    }

    @Test func theTextIsBySection() throws {
        let changes = try AgreementDiff.between(
            Agreement.read(small).tree,
            Agreement.read(small("threshold: 60", "threshold: 55").replacing("duration: 4h", with: "duration: 2h")).tree
        )
        #expect(
            SectionChanges.text(changes) == """
                Scoring
                  MQL threshold 60 -> 55
                Service levels
                  timer accept duration 4h -> 2h
                """)
        #expect(SectionChanges.text([]) == "no changes")
    }
}
