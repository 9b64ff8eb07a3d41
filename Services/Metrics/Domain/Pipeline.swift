/// Deals summed up: every figure of a pipeline follows from these sums.
public struct PipelineSums: Equatable, Sendable {
    public var won = 0
    public var lost = 0
    public var open = 0
    /// Won deals whose value is known, and that value in minor units.
    public var valued = 0
    public var wonMinorUnits: Int64 = 0
    public var openListMinorUnits: Int64 = 0
    /// Won deals whose opening is known, and the time from opening to closing, in whole seconds and the rest in
    /// microseconds.
    public var timed = 0
    public var cycleSeconds: Int64 = 0
    public var cycleMicroseconds: Int64 = 0

    public init() {}

    public var opportunities: Int { won + lost + open }

    /// won / (won + lost); 0 when nothing is closed.
    public var winRate: Double {
        won + lost == 0 ? 0 : Double(won) / Double(won + lost)
    }

    /// Mean value of the won deals whose value is known, in major units.
    public func averageDeal(scale: Int64) -> Double {
        valued == 0 ? 0 : Double(wonMinorUnits) / Double(scale) / Double(valued)
    }

    /// Mean days from opening to closing over the won deals whose opening is known.
    public var cycleDays: Double {
        timed == 0 ? 0 : (Double(cycleSeconds) + Double(cycleMicroseconds) / 1_000_000) / 86_400 / Double(timed)
    }

    /// Pipeline velocity, in major units a day: open x win rate x average deal / cycle days.
    public func velocity(scale: Int64) -> Double {
        cycleDays == 0 ? 0 : Double(open) * winRate * averageDeal(scale: scale) / cycleDays
    }

    public mutating func add(_ other: PipelineSums) {
        won += other.won
        lost += other.lost
        open += other.open
        valued += other.valued
        wonMinorUnits += other.wonMinorUnits
        openListMinorUnits += other.openListMinorUnits
        timed += other.timed
        cycleSeconds += other.cycleSeconds
        cycleMicroseconds += other.cycleMicroseconds
    }
}
