import Criteria
import ICPDomain
import Kernel
import Testing

/// Deals made by seed: outcomes depend on what a test plants, and on nothing else.
private struct Market {
    var random: SeededRandom
    let fields: [DiscoveryInput.Field] = [
        .init(name: "company.industry", type: .text), .init(name: "company.employees", type: .number),
        .init(name: "company.technologies", type: .list), .init(name: "custom.enterprise", type: .boolean),
        .init(name: "deal.source", type: .text),
    ]
    let catalogue = FieldCatalogue(custom: [("enterprise", .boolean)])

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// 0 up to but without 1.
    mutating func chance() -> Double { Double(random.next() >> 11) / 9_007_199_254_740_992 }

    mutating func choice<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }

    /// - Parameter rate: the chance that a deal with such a company, from such a source, is won.
    mutating func input(deals: Int, accounts: Int = 150, rate: (FieldRecord, String) -> Double) -> DiscoveryInput {
        let companies = (0..<accounts).map { _ in company() }
        let made = (0..<deals).map { _ in
            let account = Int(random.next() % UInt64(accounts))
            let source = choice(["web", "event", "partner"])
            let won = chance() < rate(companies[account], source)
            return DiscoveryInput.Deal(
                won: won, account: account, value: won ? chance() * 1_000 : nil, cycle: chance() * 90,
                properties: ["source": source])
        }
        return DiscoveryInput(fields: fields, accounts: companies, deals: made)
    }

    private mutating func company() -> FieldRecord {
        var record = FieldRecord(catalogue)
        record["company.industry"] = .text(choice(["software", "retail", "Retail", "logistics", "health", "media"]))
        if chance() > 0.1 { record["company.employees"] = .number((chance() * chance() * 5_000).rounded()) }
        let tools = ["crm", "erp", "shop"].filter { _ in chance() < 0.4 }
        record["company.technologies"] = .list(tools.map(FieldValue.text))
        record["custom.enterprise"] = .boolean(chance() < 0.3)
        return record
    }
}

@Suite struct DiscoveryTests {
    private static func planted(seed: UInt64 = 5, deals: Int = 3_000) -> DiscoveryInput {
        var market = Market(seed: seed)
        return market.input(deals: deals) { company, _ in
            let isRetail = company["company.industry"].map { $0.text.lowercased() == "retail" } ?? false
            let isLarge = if case .number(let size) = company["company.employees"] { size >= 1_000 } else { false }
            return (isRetail ? 0.55 : 0.3) + (isLarge ? 0.15 : 0)
        }
    }

    @Test func findsWhatWasPlantedAndNothingElse() throws {
        let found = Discovery(Self.planted())
        let singles = found.winners.filter { $0.conditions.count == 1 }
        let texts = singles.map(\.text)
        #expect(texts.contains { $0.lowercased() == "company.industry is retail" })
        #expect(texts.contains { $0.hasPrefix("company.employees from ") })
        #expect(singles.allSatisfy { ["company.industry", "company.employees"].contains($0.conditions[0].field.name) })
        let retail = try #require(singles.first { $0.text.lowercased() == "company.industry is retail" })
        #expect(retail.winRate > 0.5 && retail.restWinRate < 0.4 && retail.lift > 1.2)
        #expect(retail.interval.low < retail.winRate && retail.winRate < retail.interval.high)
        #expect(retail.adjustedPValue <= 0.025 && retail.pValue <= retail.adjustedPValue)
        #expect(retail.deals + retail.restDeals == 3_000)
    }

    /// Two properties whose effects add up are said by themselves; a pair is proposed where it takes both.
    @Test func aPairIsProposedOnlyWhereItTakesBoth() {
        var market = Market(seed: 8)
        let together = Discovery(
            market.input(deals: 4_000) { company, source in
                company["custom.enterprise"] == .boolean(true) && source == "partner" ? 0.75 : 0.3
            })
        let pairs = together.winners.filter { $0.conditions.count == 2 }
        #expect(pairs.map(\.text).first == "custom.enterprise is true and deal.source is partner")
        #expect(pairs.first?.isOfCompany == false)

        var other = Market(seed: 8)
        let one = Discovery(
            other.input(deals: 4_000) { company, _ in company["custom.enterprise"] == .boolean(true) ? 0.6 : 0.3 })
        #expect(one.winners.map(\.text) == ["custom.enterprise is true"])
    }

    @Test func outcomesThatMeanNothingProposeNothingInAtLeast95Of100Shuffles() {
        let found = Discovery(Self.planted(deals: 1_500))
        var check = found.shuffles(seed: 2_026)
        for _ in 0..<100 { check.next() }
        #expect(check.shuffles == 100 && check.proposing <= 5, "seed 2026: \(check.proposing) of 100")
        #expect(!found.winners.isEmpty)
    }

    /// A cut that knew the outcomes would look better than it is.
    @Test func numbersAreCutWithoutALookAtOutcomes() {
        let input = Self.planted()
        var turned = input
        for deal in turned.deals.indices { turned.deals[deal].won.toggle() }
        let cuts = Discovery(input).columns.map(\.cuts)
        #expect(cuts == Discovery(turned).columns.map(\.cuts))
        #expect(cuts[1].count == 3 && cuts[1] == cuts[1].sorted())
    }

    @Test func aMissingFieldIsLeftOutOfItsComparisonsAndNeverWinsUnlessAsked() throws {
        var market = Market(seed: 21)
        let input = market.input(deals: 3_000) { company, _ in company["company.employees"] == nil ? 0.8 : 0.3 }
        let found = Discovery(input)
        let column = try #require(found.columns.first { $0.field.name == "company.employees" })
        #expect(column.missing > 100 && Double(column.missingWon) / Double(column.missing) > 0.7)
        #expect(!found.winners.contains { $0.text.contains("company.employees") })
        let single = try #require(found.segments.first { $0.text.hasPrefix("company.employees under") })
        #expect(single.deals + single.restDeals == 3_000 - column.missing)

        var settings = DiscoverySettings()
        settings.includesMissing = true
        #expect(Discovery(input, settings).winners.map(\.text).contains("company.employees is missing"))
    }

    /// Two values of a field with no third make one split: telling both would count it twice.
    @Test func aSplitAndItsMirrorAreOneComparison() throws {
        var market = Market(seed: 3)
        let input = market.input(deals: 2_000) { company, _ in
            company["custom.enterprise"] == .boolean(true) ? 0.2 : 0.5
        }
        let found = Discovery(input)
        let splits = found.segments.filter { $0.conditions.map(\.field.name) == ["custom.enterprise"] }
        #expect(splits.map(\.text) == ["custom.enterprise is false"] && splits[0].verdict == .wins)
    }

    /// 25,600 pairs, of which the smaller ones are not even kept while they are made.
    @Test func ofTooManyPairsTheLargestAreTested() {
        var random = SeededRandom(seed: 31)
        let accounts = (0..<60).map { _ -> FieldRecord in
            var record = FieldRecord(FieldCatalogue())
            for field in ["company.technologies", "company.signals"] {
                let entries = (0..<160).filter { _ in random.next() % 2 == 0 }
                record[field] = .list(entries.map { FieldValue.text("entry \($0)") })
            }
            return record
        }
        let input = DiscoveryInput(
            fields: [.init(name: "company.technologies", type: .list), .init(name: "company.signals", type: .list)],
            accounts: accounts,
            deals: (0..<60).map {
                DiscoveryInput.Deal(won: $0 % 2 == 0, account: $0, value: nil, cycle: nil, properties: [:])
            })
        var settings = DiscoverySettings()
        settings.minimumDeals = 5
        let found = Discovery(input, settings)
        #expect(found.pairsTested == 20_000 && found.warnings == ["only the 20000 largest pairs were looked at"])
        let sizes = found.segments.filter { $0.conditions.count == 2 }.map(\.deals)
        // A quarter of the deals on average: the smallest fifth of the pairs is gone.
        #expect(sizes.count == 20_000 && sizes.min() ?? 0 >= 10)
    }

    @Test func aFewAccountsWithManyDealsAreNoSegment() {
        var market = Market(seed: 4)
        let input = market.input(deals: 2_000, accounts: 4) { _, _ in 0.5 }
        #expect(Discovery(input).segments.allSatisfy { $0.conditions.allSatisfy { !$0.field.isOfCompany } })
    }

    @Test func tooFewDealsAndOneOutcomeAreTold() {
        var market = Market(seed: 4)
        let few = Discovery(market.input(deals: 30) { _, _ in 0.5 })
        #expect(few.segments.isEmpty && few.warnings == ["30 deals are too few for any comparison: 40 are needed"])
        let same = Discovery(market.input(deals: 300) { _, _ in 1 })
        #expect(
            same.winners.isEmpty && same.warnings == ["all deals have the same outcome: there is nothing to compare"])
        let none = Discovery(DiscoveryInput(fields: market.fields, accounts: [], deals: []))
        #expect(none.segments.isEmpty && IcpDraft(none) == nil)
    }

    @Test func theDraftIsASectionThatAnAgreementTakes() throws {
        let found = Discovery(Self.planted())
        let draft = try #require(IcpDraft(found))
        let document = draft.document(heading: ["A heading."])
        let agreement = try Agreement.read("name: Drafted\nfields: [{name: enterprise, type: boolean}]\n" + document)
        let criteria = Self.parts(of: agreement, "criteria")
        #expect(criteria.map { $0["id"] } == draft.criteria.map { .text($0.id) })
        #expect(criteria.map { $0["weight"] } == draft.criteria.map { .number($0.weight) })
        #expect(criteria.map { $0["when"] } == draft.criteria.map { $0.when.tree })
        #expect(Self.parts(of: agreement, "tiers").map { $0["name"] } == [.text("A"), .text("B")])
        #expect(document.contains("    # company.industry is retail: won ") || document.contains("is Retail: won "))
        let share = { (tier: IcpDraft.DraftTier) in Double(tier.won) / Double(tier.deals) }
        #expect(share(draft.tiers[0]) > share(draft.tiers[1]) && draft.tiers[0].deals >= 20)
    }

    /// A value is text that a company chose; it must not end a comment or break the document.
    @Test func valuesCannotBreakTheDraft() throws {
        var market = Market(seed: 30)
        var input = market.input(deals: 2_000) { _, _ in 0 }
        let nasty = "a\"b: [#\nicp: {x}"
        for account in input.accounts.indices.prefix(40) { input.accounts[account]["company.industry"] = .text(nasty) }
        for deal in input.deals.indices where input.deals[deal].account < 40 { input.deals[deal].won = true }
        let draft = try #require(IcpDraft(Discovery(input)))
        let agreement = try Agreement.read(
            "name: Drafted\nfields: [{name: enterprise, type: boolean}]\n" + draft.document(heading: []))
        let isNasty = Criteria.leaf(.init(field: "company.industry", op: .eq, value: .text(nasty))).tree
        #expect(Self.parts(of: agreement, "criteria").contains { $0["when"] == isNasty })
    }

    private static func parts(of agreement: Agreement, _ name: String) -> [Tree] {
        if case .list(let parts)? = agreement.tree["icp"]?[name] { parts } else { [] }
    }

    @Test func aDealFindsItsAccountByIdDomainOrName() {
        var index = AccountIndex()
        index.add(0, ids: ["a-1"], name: "Acme", domains: ["acme.example"])
        index.add(1, ids: ["a-2"], name: "Fjord", domains: ["fjord.example", "shared.example"])
        index.add(2, ids: ["a-3"], name: "fjord ", domains: ["shared.example"])
        #expect(index.find([.init(.id, "a-2")]) == .found(1))
        #expect(index.find([.init(.id, ""), .init(.domain, "ACME.example")]) == .found(0))
        #expect(index.find([.init(.id, "acme"), .init(.name, " ACME ")]) == .found(0))
        #expect(index.find([.init(.name, "Fjord")]) == .ambiguous("Fjord"))
        #expect(index.find([.init(.domain, "shared.example"), .init(.name, "Acme")]) == .ambiguous("shared.example"))
        #expect(index.find([.init(.name, "Fjord"), .init(.name, "Acme")]) == .found(0))
        #expect(index.find([.init(.id, "x"), .init(.name, "y")]) == .unknown("x"))
        #expect(index.find([.init(.id, ""), .init(.name, " ")]) == .unnamed)
    }
}
