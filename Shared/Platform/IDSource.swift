import Kernel
import Synchronization

/// Where a service gets unique ids from.
public protocol IDSource: Sendable {
    /// A new id, unique among all that every service ever makes; 26 characters, safe in a URL.
    ///
    /// Ids of one source sort in the order in which they were made, roughly at least: so rows under new ids are stored
    /// side by side, and not each on another page.
    func next() -> String
}

/// Ids as ULIDs have them: 48 bits of milliseconds since 1970, then 80 random ones, in Crockford's base 32.
public struct RandomIDSource: IDSource {
    public init() {}

    public func next() -> String {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(max(0, SystemClock().now().microseconds / 1_000))
        return IDText.base32(milliseconds << 16 | generator.next() >> 48, generator.next())
    }
}

/// Ids that follow from a seed, for tests and replays: the same calls give the same ids.
public final class SeededIDSource: IDSource {
    private struct State {
        var made: UInt64 = 0
        var random: SeededRandom
    }

    private let state: Mutex<State>

    public init(seed: UInt64) {
        state = Mutex(State(random: SeededRandom(seed: seed)))
    }

    public func next() -> String {
        state.withLock { state in
            state.made += 1
            return IDText.base32(state.made, state.random.next())
        }
    }
}

enum IDText {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// The greatest digits first, so that texts sort as numbers do.
    static func base32(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 26) { text in
            for (place, half) in [high, low].enumerated() {
                for digit in 0..<13 {
                    text[place * 13 + digit] = alphabet[Int(half >> (60 - 5 * UInt64(digit)) & 31)]
                }
            }
            return 26
        }
    }
}
