import GRDB
import Kernel
import MetricsDomain
import Storage

/// One row of the service levels.
struct ServiceLevelKey: Hashable, Comparable, Sendable {
    let rule: String
    let value: String

    static func < (left: ServiceLevelKey, right: ServiceLevelKey) -> Bool {
        (left.rule, left.value) < (right.rule, right.value)
    }
}

extension Database {
    /// Sums up the timers armed in a period, per rule and value of the dimension.
    func serviceLevels(
        split: ReportDimension, period: ReportPeriod
    ) throws -> [(key: ServiceLevelKey, level: ServiceLevel)] {
        let leads = try LeadResolution(self)
        let cursor = try Row.fetchCursor(
            cachedStatement(
                sql: """
                    SELECT timer.rule, coalesce(\(split.expression), ''), timer.standing, timer.elapsed_seconds
                    FROM timer LEFT JOIN lead ON lead.number = \(leads.lead("timer.lead"))
                    WHERE timer.armed_at >= ? AND timer.armed_at < ?
                    """),
            arguments: [period.from, period.to])
        var levels: [ServiceLevelKey: ServiceLevel] = [:]
        while let row = try cursor.next() {
            let key = ServiceLevelKey(rule: row[0], value: row[1])
            let standing = TimerStanding(rawValue: row[2]) ?? .armed
            levels[key, default: ServiceLevel()].add(standing, elapsedSeconds: row[3])
        }
        return levels.sorted { $0.key < $1.key }.map { (key: $0.key, level: $0.value) }
    }
}
