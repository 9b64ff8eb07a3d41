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
            "    - {name: A, at_least: 60}\n    - {name: B, at_least: 30}",
            "    - {name: B, at_least: 30}\n    - {name: A, at_least: 30}",
            "tier A from score 60 -> 30"
        ),
    ])
    func speaksInTheWordsOfTheBusiness(old: String, new: String, sentence: String) throws {
        let sentences = try Self.sentences(old, new)
        #expect(sentences.contains(sentence), "\(sentences)")
    }

    @Test func aNewRuleInFrontChangesNothingElse() throws {
        let sentences = try Self.sentences(
            "    - {id: big,",
            "    - {id: huge, pool: strategic, when: {field: company.employees, op: gte, value: 9000}}\n    - {id: big,"
        )
        #expect(sentences == ["new routing rule huge: when employees >= 9000, pool strategic"])
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
}
