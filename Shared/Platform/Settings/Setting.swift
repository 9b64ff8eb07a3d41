/// One setting of a process, declared once: its name, type, default, unit and what it is for.
///
/// The key `drain-timeout` is the argument `--drain-timeout`, the variable `ACCORD_DRAIN_TIMEOUT` and the key
/// `drain-timeout` of the configuration file.
public struct Setting<Value: Sendable>: Sendable {
    /// In kebab case.
    public let key: String
    public let kind: SettingKind<Value>
    public let fallback: Value
    /// A sentence for `--help`, with the unit where the type does not carry it.
    public let summary: String
    /// Never printed.
    public let isSecret: Bool

    public init(
        _ key: String, _ kind: SettingKind<Value>, default fallback: Value, isSecret: Bool = false, _ summary: String
    ) {
        self.key = key
        self.kind = kind
        self.fallback = fallback
        self.isSecret = isSecret
        self.summary = summary
    }

    /// The setting without its type, for lists of settings.
    public var declaration: SettingDeclaration {
        SettingDeclaration(
            key: key, summary: summary, expected: kind.expected, fallbackText: kind.text(fallback), isSecret: isSecret,
            isFlag: kind.isFlag, accepts: { kind.parse($0) != nil })
    }
}

/// What lists, checks and prints of settings need to know of one.
public struct SettingDeclaration: Sendable {
    public let key: String
    public let summary: String
    /// What a value has to look like, such as `a whole number from 0 to 65535`.
    public let expected: String
    /// Empty where there is no default.
    public let fallbackText: String
    public let isSecret: Bool
    /// The argument may stand without a value.
    public let isFlag: Bool
    let accepts: @Sendable (String) -> Bool

    public var argument: String { "--\(key)" }
    public var variable: String {
        SettingsEnvironment.prefix + key.uppercased().replacing("-", with: "_")
    }
}

enum SettingsEnvironment {
    static let prefix = "ACCORD_"
}
