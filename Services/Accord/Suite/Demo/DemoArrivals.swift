import Foundation
import Kernel

/// When leads arrive, and from which market: mostly on business days, mostly in the market's daytime.
///
/// The moments are those of a sample in which each lead comes independently of the others, but drawn in order, so that
/// no more than one has to be kept: the next of `n` sorted uniform numbers behind `u` is `1 - (1 - u) v^(1/n)`
/// (Bentley and Saxe, "Generating Sorted Lists of Random Numbers", ACM TOMS 6(3), 1980).
struct DemoArrivals: Sendable {
    struct Arrival: Sendable {
        var at: Instant
        var market: DemoWorld.Market
    }

    /// The one that comes next; nil after the last.
    private(set) var next: Arrival?
    private let start: Instant
    /// For each hour of the quarter, what it adds to the density of each market.
    private let hours: [[Double]]
    private let total: Double
    private var random: SeededRandom
    private var remaining: Int
    private var reached = 0.0
    private var hour = 0
    /// Of all hours before ``hour``.
    private var before = 0.0

    init(world: DemoWorld, settings: DemoSettings) {
        start = settings.start
        random = SeededRandom(seed: settings.seed ^ 0xa221)
        remaining = max(1, settings.leads)
        let shares = DemoWorld.markets.map { Double(world.accounts(in: $0).count) }
        hours = (0..<settings.days * 24).map { hour in
            zip(DemoWorld.markets, shares).map { market, share in
                share * Self.density(at: settings.start.seconds + (hour + market.offsetHours) * 3_600)
            }
        }
        total = hours.reduce(0) { $0 + $1.reduce(0, +) }
        advance()
    }

    mutating func take() -> Arrival? {
        defer { advance() }
        return next
    }

    private mutating func advance() {
        next = nil
        guard remaining > 0 else { return }
        let step = exp(log(Double.random(in: 0.000_001..<1, using: &random)) / Double(remaining))
        reached = 1 - (1 - reached) * step
        remaining -= 1
        let wanted = reached * total
        while hour < hours.count - 1, before + sum <= wanted {
            before += sum
            hour += 1
        }
        let part = min(max((wanted - before) / sum, 0), 0.999_999)
        let at = start.adding(TimeSpan(seconds: Int64(hour) * 3_600 + Int64(part * 3_600)))
        let densities = hours[hour]
        let market = DemoWorld.pick(Array(densities.indices), by: { densities[$0] }, &random)
        next = Arrival(at: at, market: DemoWorld.markets[market])
    }

    private var sum: Double { hours[hour].reduce(0, +) }

    /// - Parameter second: by the market's clock, since 1970.
    private static func density(at second: Int64) -> Double {
        let isDaytime = (8..<19).contains(second % 86_400 / 3_600)
        return (CivilDate(daysSince1970: second / 86_400).weekday >= 6 ? 0.25 : 1) * (isDaytime ? 1 : 0.2)
    }
}
