import Kernel
import Synchronization

/// Where a service gets unique ids from.
public protocol IDSource: Sendable {
    /// A new id, unique among all that every service ever makes; 26 or so characters, safe in a URL.
    func next() -> String
}

/// Ids from the system's generator: 128 random bits in Crockford's base 32.
public struct RandomIDSource: IDSource {
    public init() {}

    public func next() -> String {
        var generator = SystemRandomNumberGenerator()
        return IDText.base32(generator.next(), generator.next())
    }
}

/// Ids that follow from a seed, for tests and replays: the same calls give the same ids.
public final class SeededIDSource: IDSource {
    private let random: Mutex<SeededRandom>

    public init(seed: UInt64) {
        random = Mutex(SeededRandom(seed: seed))
    }

    public func next() -> String {
        random.withLock { IDText.base32($0.next(), $0.next()) }
    }
}

enum IDText {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    static func base32(_ high: UInt64, _ low: UInt64) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(26)
        for half in [high, low] {
            var rest = half
            for _ in 0..<13 {
                bytes.append(alphabet[Int(rest & 31)])
                rest >>= 5
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
