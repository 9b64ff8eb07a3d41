public import Logging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How log lines are written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// Text where standard error is a terminal, JSON otherwise.
    case auto
    case text
    case json

    /// What `auto` comes to for standard error.
    public var resolved: LogFormat {
        guard self == .auto else { return self }
        return isatty(STDERR_FILENO) == 1 ? .text : .json
    }
}

extension SettingKind where Value == Logger.Level {
    /// One of swift-log's levels.
    public static var logLevel: Self {
        SettingKind(
            expected: "one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { Logger.Level(rawValue: $0) }, text: { $0.rawValue })
    }
}
