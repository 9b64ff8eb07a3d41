import Configuration

/// Where a setting's value came from.
public enum SettingSource: Hashable, Sendable {
    case argument(String)
    case environment(String)
    case file(String)
    case fallback

    public var text: String {
        switch self {
        case .argument(let name): "argument \(name)"
        case .environment(let name): "environment \(name)"
        case .file(let path): "file \(path)"
        case .fallback: "default"
        }
    }
}

/// The values of a process's settings: from its arguments, else its environment, else its file, else the defaults.
public struct Settings: Sendable {
    public let declarations: [SettingDeclaration]
    private let found: [String: (text: String, source: SettingSource)]

    /// Reads all settings and checks them.
    ///
    /// - Parameters:
    ///   - declarations: every setting there is; a key beside them is a fault.
    ///   - arguments: without the program's name.
    ///     `--config` and `ACCORD_CONFIG` name a YAML or JSON file of flat keys.
    /// - Throws: ``SettingsFaults`` with every fault.
    public init(
        _ declarations: [SettingDeclaration], arguments: [String] = [], environment: [String: String] = [:]
    ) throws(SettingsFaults) {
        let all = declarations + [Self.configFile.declaration]
        self.declarations = all
        var faults = ArgumentCheck.faults(arguments, all) + EnvironmentCheck.faults(environment, all)
        var layers = [
            SettingsLayer(arguments: arguments), SettingsLayer(environment: environment),
        ]
        do {
            if let path = layers.lazy.compactMap({ $0.text(Self.configFile.declaration) }).first {
                let file = try SettingsFile(path: path)
                faults += file.faults(declarations)
                layers.append(file.layer)
            }
        } catch {
            faults += error.faults
        }
        var found: [String: (text: String, source: SettingSource)] = [:]
        for declaration in all {
            for layer in layers {
                guard let text = layer.text(declaration) else { continue }
                let source = layer.source(declaration)
                if !declaration.accepts(text) { faults.append(Self.fault(declaration, text, source)) }
                found[declaration.key] = (text, source)
                break
            }
        }
        guard faults.isEmpty else { throw SettingsFaults(faults) }
        self.found = found
    }

    public subscript<Value>(_ setting: Setting<Value>) -> Value {
        found[setting.key].flatMap { setting.kind.parse($0.text) } ?? setting.fallback
    }

    /// Where the value of a setting came from.
    public func source(of key: String) -> SettingSource {
        found[key]?.source ?? .fallback
    }

    /// The value as text, whether given or the default.
    func text(_ declaration: SettingDeclaration) -> String {
        found[declaration.key]?.text ?? declaration.fallbackText
    }

    /// The configuration file.
    public static let configFile = Setting(
        "config", .optionalText, default: nil,
        "Configuration file in YAML or JSON, with the other settings as flat keys")

    private static func fault(_ declaration: SettingDeclaration, _ text: String, _ source: SettingSource) -> String {
        let shown = text.isEmpty ? "no value" : declaration.isSecret ? "a value" : "`\(text)`"
        let name =
            switch source {
            case .argument(let name), .environment(let name): name
            case .file(let path): "\(path): \(declaration.key)"
            case .fallback: declaration.key
            }
        return "\(name): found \(shown), expected \(declaration.expected)"
    }
}

/// One place that values come from, read through swift-configuration.
struct SettingsLayer {
    enum Origin {
        case arguments
        case environment
        case file(String)
    }

    private let snapshot: any ConfigSnapshot
    private let origin: Origin

    init(arguments: [String]) {
        snapshot = CommandLineArgumentsProvider(arguments: ["accord"] + arguments).snapshot()
        origin = .arguments
    }

    init(environment: [String: String]) {
        let own = environment.filter { $0.key.hasPrefix(SettingsEnvironment.prefix) }
        snapshot = EnvironmentVariablesProvider(environmentVariables: own).prefixKeys(with: "accord").snapshot()
        origin = .environment
    }

    init(file path: String, snapshot: any ConfigSnapshot) {
        self.snapshot = snapshot
        origin = .file(path)
    }

    /// The text of a setting here; several values are joined by commas, a flag without a value is true.
    func text(_ declaration: SettingDeclaration) -> String? {
        let key = AbsoluteConfigKey([declaration.key])
        if case .string(let text)? = try? snapshot.value(forKey: key, type: .string).value?.content { return text }
        guard case .stringArray(let texts)? = try? snapshot.value(forKey: key, type: .stringArray).value?.content else {
            return nil
        }
        return texts.isEmpty && declaration.isFlag ? "true" : texts.joined(separator: ",")
    }

    func source(_ declaration: SettingDeclaration) -> SettingSource {
        switch origin {
        case .arguments: .argument(declaration.argument)
        case .environment: .environment(declaration.variable)
        case .file(let path): .file(path)
        }
    }
}
