import Foundation

/// A host on the internet, as one writes it in an address: in lower case, in ASCII, without `www.`.
public struct DomainName: Hashable, Sendable {
    /// Such as `shop.acme.co.uk` or `xn--bcher-kva.example`.
    public let host: String
    /// The part that someone registered, such as `acme.co.uk`.
    public let registered: String

    /// Reads a domain, the address of a site or an e-mail address: `https://WWW.Bücher.example:443/shop`.
    ///
    /// - Returns: nil where it is none: no dot, a label that no host can have, an IP address, or a public suffix such
    ///   as `co.uk` that no company has for itself.
    public init?(_ text: String) {
        guard text.utf8.count <= 2_048 else { return nil }
        self.init(host: Self.isPlain(text) ? text[...] : Self.host(in: text))
    }

    /// Reads the domain of an e-mail address: what stands behind its last `@`, since before it any character may stand.
    public init?(email: String) {
        guard email.utf8.count <= 2_048, let at = email.lastIndex(of: "@") else { return nil }
        self.init(host: email[email.index(after: at)...].trimmingCharacters(in: .whitespacesAndNewlines)[...])
    }

    /// - Parameter text: of the host alone.
    private init?(host text: Substring) {
        let labels = Self.isPlain(text) ? Self.plainLabels(text) : Self.labels(text)
        let ascii = labels.compactMap(Self.ascii)
        guard labels.count >= 2, ascii.count == labels.count, let last = ascii.last, !Self.isNumber(last.utf8),
            let size = PublicSuffixes.registeredLabels(of: ascii)
        else { return nil }
        let own = ascii.count > size && Self.isWorldWideWeb(ascii[0]) ? ascii.dropFirst() : ascii[...]
        host = own.joined(separator: ".")
        registered = own.suffix(size).joined(separator: ".")
        guard host.utf8.count <= 253 else { return nil }
    }

    /// Without scheme, user, port and path.
    private static func host(in text: String) -> Substring {
        var rest = text.trimmingCharacters(in: .whitespacesAndNewlines)[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        if let end = rest.firstIndex(where: { "/?#".contains($0) }) { rest = rest[..<end] }
        if let user = rest.lastIndex(of: "@") { rest = rest[rest.index(after: user)...] }
        if let port = rest.lastIndex(of: ":"), rest[rest.index(after: port)...].allSatisfy(\.isNumber) {
            rest = rest[..<port]
        }
        return rest
    }

    /// Whether it is made of the letters, digits and points of ASCII hosts alone, as most are.
    private static func isPlain(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { isOfHost($0) || $0 == point || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    private static func plainLabels(_ host: Substring) -> [String] {
        var host = host.lowercased()
        if host.utf8.last == point { host.removeLast() }
        return host.utf8.split(separator: point, omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// In lower case and composed, so that one name has one form.
    private static func labels(_ text: Substring) -> [String] {
        let host = text.last.map(isDot) == true ? text.dropLast() : text
        return host.precomposedStringWithCompatibilityMapping.lowercased().precomposedStringWithCanonicalMapping
            .split(omittingEmptySubsequences: false, whereSeparator: isDot).map(String.init)
    }

    /// The full stops of IDNA.
    private static func isDot(_ character: Character) -> Bool {
        ".\u{3002}\u{FF0E}\u{FF61}".contains(character)
    }

    private static func ascii(_ label: String) -> String? {
        let ascii = label.utf8.allSatisfy(isOfHost) ? label : encoded(label)
        guard let ascii, (1...63).contains(ascii.utf8.count), ascii.utf8.first != hyphen, ascii.utf8.last != hyphen
        else { return nil }
        return ascii
    }

    private static func encoded(_ label: String) -> String? {
        let isWord = label.unicodeScalars.allSatisfy { $0.isASCII ? isOfHost(UInt8($0.value)) : isOfWord($0) }
        return isWord ? Punycode.encode(label).map { "xn--\($0)" } : nil
    }

    private static let point = UInt8(ascii: ".")
    private static let hyphen = UInt8(ascii: "-")

    /// Of a host in lower case.
    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), hyphen, UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isNumber(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
    }

    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark, .spacingMark: true
        default: scalar == "\u{B7}"
        }
    }

    /// `www`, `www2`, ...
    private static func isWorldWideWeb(_ label: String) -> Bool {
        label.utf8.starts(with: "www".utf8) && isNumber(label.utf8.dropFirst(3))
    }
}

/// Where people have mail who need not work anywhere.
enum FreeMail {
    /// - Parameter domain: as registered.
    static func serves(_ domain: String) -> Bool {
        domains.contains(domain) || families.contains(String(domain.prefix { $0 != "." }))
    }

    /// Under any public suffix.
    private static let families: Set<String> = ["gmx", "hotmail", "outlook", "yahoo", "yandex", "ymail", "rocketmail"]

    private static let domains = Set(
        """
        126.com 163.com aol.com att.net bellsouth.net bigpond.com bk.ru bluewin.ch bol.com.br btinternet.com comcast.net \
        cox.net daum.net duck.com fastmail.com fastmail.fm foxmail.com free.fr freenet.de gmail.com googlemail.com \
        hanmail.net hey.com hushmail.com icloud.com inbox.ru interia.pl laposte.net libero.it list.ru live.co.uk live.com \
        live.de live.fr live.nl mac.com mail.com mail.de mail.ru mailbox.org me.com mailinator.com msn.com naver.com \
        ntlworld.com o2.pl onet.pl optonline.net optusnet.com.au orange.fr pm.me posteo.de proton.me protonmail.com qq.com \
        rambler.ru rediffmail.com rogers.com sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com sympatico.ca \
        t-online.de talktalk.net telenet.be telus.net terra.com.br tiscali.it tuta.com tutanota.com uol.com.br ukr.net \
        verizon.net virgilio.it virginmedia.com wanadoo.fr web.de wp.pl xtra.co.nz yeah.net zoho.com ziggo.nl
        """.split(separator: " ").map(String.init))
}
