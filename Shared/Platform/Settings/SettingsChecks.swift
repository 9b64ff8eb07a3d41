/// Finds what is no argument of the process.
enum ArgumentCheck {
    static func faults(_ arguments: [String], _ declarations: [SettingDeclaration]) -> [String] {
        var faults: [String] = []
        var seen: Set<String> = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                faults.append("\(argument): unexpected; every argument is --KEY VALUE or --KEY=VALUE")
                continue
            }
            let name = String(argument.prefix { $0 != "=" })
            guard declarations.contains(where: { $0.argument == name }) else {
                faults.append(
                    "\(name): unknown argument" + Suggestion.text(for: name, among: declarations.map(\.argument)))
                if !argument.contains("="), rest.first?.hasPrefix("--") == false { rest = rest.dropFirst() }
                continue
            }
            if !seen.insert(name).inserted { faults.append("\(name): given twice") }
            guard !argument.contains("=") else { continue }
            if rest.first?.hasPrefix("--") == false { rest = rest.dropFirst() }
        }
        return faults
    }
}

/// Finds `ACCORD_...` variables that nobody reads.
enum EnvironmentCheck {
    static func faults(_ environment: [String: String], _ declarations: [SettingDeclaration]) -> [String] {
        let known = declarations.map(\.variable)
        return environment.keys.filter { $0.hasPrefix(SettingsEnvironment.prefix) && !known.contains($0) }.sorted()
            .map { "\($0): unknown variable" + Suggestion.text(for: $0, among: known) }
    }
}
