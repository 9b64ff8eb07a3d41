/// The query of a URL.
enum Query {
    /// The parameters in their order; names and values are decoded, `+` is a space.
    static func parse(_ query: some StringProtocol) -> [(name: String, value: String)] {
        parseBytes(query).map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }
    }

    /// The same with values that need not be text.
    static func parseBytes(_ query: some StringProtocol) -> [(name: String, value: [UInt8])] {
        query.utf8.split(separator: UInt8(ascii: "&")).map { part in
            let equals = part.firstIndex(of: UInt8(ascii: "="))
            let name = String(decoding: decoded(part[..<(equals ?? part.endIndex)]), as: UTF8.self)
            return (name, equals.map { decoded(part[part.index(after: $0)...]) } ?? [])
        }
    }

    /// A text with all but the unreserved characters of RFC 3986 escaped.
    static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: text.append(byte)
            default: text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func decoded(_ text: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(nibble),
                let low = rest.dropFirst().first.flatMap(nibble)
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 32 : byte)
            }
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }
}
