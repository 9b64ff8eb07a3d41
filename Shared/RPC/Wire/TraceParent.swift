import Synchronization

/// The `traceparent` header of W3C Trace Context, version 00.
struct TraceParent: Sendable, Hashable {
    /// 32 hexadecimal digits, not all zero.
    let traceID: String
    /// 16 hexadecimal digits, not all zero.
    let spanID: String
    /// Two hexadecimal digits.
    let flags: String

    init(traceID: String, spanID: String, flags: String) {
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags
    }

    /// Nil where the text is not a valid header; then a new trace begins.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash else { return nil }
        let isVersion00 = bytes[0] == 48 && bytes[1] == 48
        guard isVersion00 ? bytes.count == 55 : bytes.count == 55 || bytes[55] == dash else { return nil }
        let (version, trace, span, flags) = (bytes[0..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55])
        guard [version, trace, span, flags].allSatisfy({ $0.allSatisfy(Self.isHexadecimal) }) else { return nil }
        guard !version.elementsEqual("ff".utf8), trace.contains(where: { $0 != 48 }), span.contains(where: { $0 != 48 })
        else { return nil }
        self.init(
            traceID: String(decoding: trace, as: UTF8.self), spanID: String(decoding: span, as: UTF8.self),
            flags: String(decoding: flags, as: UTF8.self))
    }

    var text: String { "00-\(traceID)-\(spanID)-\(flags)" }

    /// A trace that begins here.
    static func begin() -> TraceParent {
        TraceParent(traceID: UniqueBits.hex32(), spanID: UniqueBits.hex16(), flags: "00")
    }

    /// The next hop of the same trace.
    func next() -> TraceParent {
        TraceParent(traceID: traceID, spanID: UniqueBits.hex16(), flags: flags)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte)
    }
}

/// Numbers for ids that have to be unique but not secret: one draw from the system's generator, then SplitMix64
/// (Steele, Lea and Flood 2014), so that a request costs no system call.
enum UniqueBits {
    private static let counter = Atomic<UInt64>(UInt64.random(in: 0...UInt64.max))

    static func next() -> UInt64 {
        let step: UInt64 = 0x9E37_79B9_7F4A_7C15
        var bits = counter.wrappingAdd(step, ordering: .relaxed).newValue
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return bits == 0 ? step : bits
    }

    static func hex16() -> String { hex([next()]) }
    static func hex32() -> String { hex([next(), next()]) }

    private static func hex(_ words: [UInt64]) -> String {
        String(unsafeUninitializedCapacity: words.count * 16) { text in
            for (index, word) in words.enumerated() {
                for digit in 0..<16 {
                    let value = UInt8(word >> UInt64(60 - digit * 4) & 15)
                    text[index * 16 + digit] = value < 10 ? 48 + value : 87 + value
                }
            }
            return words.count * 16
        }
    }
}
