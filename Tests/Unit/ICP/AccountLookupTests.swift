import Testing

@testable import ICPDomain

@Suite struct AccountLookupTests {
    static let key = AccountKey(.domain, "acme.com")

    static func candidate(_ id: String, country: String = "", ancestors: [String] = []) -> AccountCandidate {
        AccountCandidate(id: id, name: "Acme \(id)", country: country, ancestors: ancestors)
    }

    static func choice(_ candidates: [AccountCandidate], country: String = "") -> AccountChoice {
        AccountChoice(candidates, by: key, country: country)
    }

    @Test func oneAloneIsMeant() {
        #expect(Self.choice([Self.candidate("a")]).id == "a")
        #expect(Self.choice([Self.candidate("a")]).reason == "it alone has the domain acme.com")
    }

    @Test func theCountryAskedForDecidesBeforeOwnership() {
        let two = [Self.candidate("us", country: "US"), Self.candidate("de", country: "DE", ancestors: ["us"])]
        #expect(Self.choice(two).id == "us")
        #expect(Self.choice(two).reason == "of 2 with the domain acme.com, it owns the others")
        #expect(Self.choice(two, country: "de").id == "de")
        #expect(Self.choice(two, country: "FR").id == "us")
    }

    @Test func aTieIsSaidAndNotBroken() {
        let tie = Self.choice([Self.candidate("a", ancestors: ["p"]), Self.candidate("b", ancestors: ["p"])])
        #expect(tie.id == nil)
        #expect(tie.reason == "2 have the domain acme.com, and nothing decides between them")
        #expect(Self.choice((0...AccountChoice.most).map { Self.candidate("\($0)") }).id == nil)
    }

    @Test func looksForTheSurestFirstAndNotForMailServices() {
        let keys = AccountKey.keys(domain: "shop.acme.co.uk", email: "ana@gmail.com", name: "Acme Ltd")
        #expect(
            keys == [
                AccountKey(.domain, "shop.acme.co.uk"), AccountKey(.registeredDomain, "acme.co.uk"),
                AccountKey(.name, "acme"),
            ])
        #expect(AccountKey.keys(domain: "", email: "ana@gmail.com", name: "").isEmpty)
        #expect(
            AccountKey.keys(domain: "", email: "ana@eu.acme.com", name: "").first == AccountKey(.domain, "eu.acme.com"))
    }
}
