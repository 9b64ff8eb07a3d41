import Testing

@testable import ICPDomain

@Suite struct CompanyNameTests {
    @Test(arguments: [
        ("Acme", "acme"), ("ACME, Inc.", "acme"), ("The Acme Company", "acme"), ("Acme Corp.", "acme"),
        ("Acme L.L.C.", "acme"), ("Acme Pty. Ltd.", "acme"), ("Acme Pvt. Ltd.", "acme"), ("Acme Co., Ltd.", "acme"),
        ("Acme GmbH & Co. KG", "acme"), ("Müller & Söhne GmbH", "muller and sohne"), ("Mu\u{308}ller AG", "muller"),
        ("Straßenbau AG", "strassenbau"), ("Société Générale S.A.", "societe generale"), ("Acme S.à r.l.", "acme"),
        ("Acme S.p.A.", "acme"), ("Acme S.A. de C.V.", "acme"), ("Acme, S.L.", "acme"), ("Acme Ltda.", "acme"),
        ("Acme B.V.", "acme"), ("Novo Nordisk A/S", "novo nordisk"), ("Ørsted A/S", "orsted"), ("Acme Oyj", "acme"),
        ("AB Volvo", "volvo"), ("Volvo AB (publ)", "volvo"), ("Acme Sp. z o.o.", "acme"), ("Acme spol. s r.o.", "acme"),
        ("Acme d.o.o.", "acme"), ("Acme Kft.", "acme"), ("Acme A.Ş.", "acme"), ("ООО «Ромашка»", "ромашка"),
        ("Ромашка, ООО", "ромашка"), ("PT Telkom Indonesia Tbk", "telkom indonesia"), ("Acme Sdn. Bhd.", "acme"),
        ("株式会社日立製作所", "日立製作所"), ("トヨタ自動車株式会社", "トヨタ自動車"), ("华为技术有限公司", "华为技术"),
        ("Procter & Gamble Co.", "procter and gamble"), ("JPMorgan Chase & Co.", "jpmorgan chase"),
        ("AT&T", "at and t"),
        ("McDonald's", "mcdonalds"), ("McDonald\u{2019}s Corporation", "mcdonalds"), ("U.S. Bancorp", "us bancorp"),
        ("Amazon.com, Inc.", "amazon com"), ("3M", "3m"), ("Inc.", "inc"), ("The Limited", "limited"), ("SE", "se"),
        ("  Two   Words  ", "two words"), ("!!!", ""), ("", ""),
    ])
    func leavesWhoItIs(name: String, key: String) {
        let found = CompanyName.key(name)
        // Both in decomposed form: that is how names are compared.
        #expect(found == CompanyName.key(found), "a key is its own key")
        #expect(found == NameFolding.folded(key))
    }
}
