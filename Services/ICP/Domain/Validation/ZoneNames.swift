import Criteria
import Foundation

/// The zones of the machine's tz database.
enum ZoneNames {
    /// Names of the form `Area/Place`, and `UTC` and `GMT`; offsets such as `GMT+2` are no zones.
    static func isKnown(_ name: String) -> Bool {
        name == "UTC" || name == "GMT" || (name.contains("/") && TimeZone(identifier: name) != nil)
    }

    static func nearest(to name: String) -> String? {
        NearestName.of(name, in: TimeZone.knownTimeZoneIdentifiers)
    }
}
