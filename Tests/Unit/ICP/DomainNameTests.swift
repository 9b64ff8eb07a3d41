import Kernel
import Testing

@testable import ICPDomain

@Suite struct DomainNameTests {
    @Test(arguments: [
        ("acme.com", "acme.com", "acme.com"), ("  WWW.Acme.COM. ", "acme.com", "acme.com"),
        ("https://www2.acme.co.uk:443/shop?x=1#y", "acme.co.uk", "acme.co.uk"),
        ("http://user:secret@shop.acme.com.au/", "shop.acme.com.au", "acme.com.au"),
        ("ana@mail.acme.com.br", "mail.acme.com.br", "acme.com.br"),
        ("www.co.uk", "www.co.uk", "www.co.uk"), ("www.com", "www.com", "www.com"),
        ("Bücher.example", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("bu\u{308}cher.example", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah", "xn--r8jz45g.xn--zckzah"),
        ("ａｃｍｅ．ｃｏｍ", "acme.com", "acme.com"),
        ("one.myshopify.com", "one.myshopify.com", "one.myshopify.com"),
        ("wordpress.com", "wordpress.com", "wordpress.com"),
        ("a.b.c.acme.co.jp", "a.b.c.acme.co.jp", "acme.co.jp"),
        ("shop.acme.anything", "shop.acme.anything", "acme.anything"),
        ("x.acme.com.np", "x.acme.com.np", "acme.com.np"), ("x.acme.com.ag", "x.acme.com.ag", "acme.com.ag"),
        ("com.ag", "com.ag", "com.ag"), ("faß.de", "xn--fa-hia.de", "xn--fa-hia.de"),
    ])
    func readsTheHostAndWhatWasRegistered(text: String, host: String, registered: String) throws {
        let domain = try #require(DomainName(text))
        #expect(domain.host == host)
        #expect(domain.registered == registered)
        #expect(DomainName(domain.host) == domain)
    }

    @Test(
        arguments: [
            ("ana@acme.com", "acme.com"), ("ops/emea@acme.com", "acme.com"), ("a.com/x@acme.com", "acme.com"),
            ("a?b#c@acme.com. ", "acme.com"), ("\"a@b.com\"@acme.com", "acme.com"), ("acme.com", nil),
            ("ana@acme.com/x", nil), ("ana@", nil),
        ] as [(String, String?)])
    func whatStandsBehindTheLastAtIsTheDomainOfAnAddress(email: String, host: String?) {
        #expect(DomainName(email: email)?.host == host)
    }

    @Test(arguments: [
        "", " ", "acme", "localhost", "192.168.0.1", "[::1]", "co.uk", "com.au", "foo bar.com", "a..com", ".com",
        "-a.com",
        "a-.com", "a%20b.com", "http://", "💰.com", String(repeating: "a", count: 64) + ".com",
        (0..<130).map { _ in "a" }.joined(separator: ".") + ".com", String(repeating: "x", count: 3_000) + ".com",
    ])
    func whatNoCompanyHasIsNone(text: String) {
        #expect(DomainName(text) == nil)
    }

    /// Wide letters are folded the long way round, plain ones are not.
    @Test(arguments: UInt64(1)...200)
    func plainTextIsReadAsItsWideForm(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let parts = ["www", "co", "uk", "Acme", "x-1", "9", "-", "_", "COM", ".", ".", ".", "appspot", "np"]
        for _ in 0..<50 {
            let text = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                parts[Int.random(in: parts.indices, using: &random)]
            }.joined()
            let wide = text.unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xFEE0) }.map(String.init).joined()
            #expect(DomainName(text) == DomainName(wide), "seed \(seed): \(text)")
        }
    }

    @Test(arguments: ["acme.com\r", "\tacme.com", "\u{B}acme.com\u{85}"])
    func whiteSpaceAroundItIsLeftOut(text: String) {
        #expect(DomainName(text)?.host == "acme.com")
    }

    /// The samples of RFC 3492, section 7.1, that are names.
    @Test(arguments: [
        ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"), ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
        ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
        ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
        ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"), ("bücher", "bcher-kva"),
        ("münchen", "mnchen-3ya"),
        ("ü", "tda"),
    ])
    func encodesOtherScripts(label: String, encoded: String) {
        #expect(Punycode.encode(label) == encoded)
    }

    @Test func mailServicesSayNothingOfACompany() {
        for domain in ["gmail.com", "yahoo.co.uk", "gmx.net", "web.de"] { #expect(FreeMail.serves(domain)) }
        for domain in ["acme.com", "yahooligans.com"] { #expect(!FreeMail.serves(domain)) }
    }
}
