extension Settings {
    /// All settings as a YAML file that can be read again, each with the place that its value came from.
    public var printed: String {
        declarations.map { declaration in
            let text = text(declaration)
            let value = declaration.isSecret && !text.isEmpty ? "<hidden>" : Self.quoted(text)
            return "\(value.isEmpty || declaration.key == Self.configFile.key ? "# " : "")\(declaration.key): \(value)"
                + "  # \(source(of: declaration.key).text)\n"
        }.joined()
    }

    private static func quoted(_ text: String) -> String {
        let plain = text.allSatisfy { $0.isLetter || $0.isNumber || "-_./:,".contains($0) }
        guard !plain || text.hasSuffix(":") else { return text }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension SettingDeclaration {
    /// The lines of `--help` for a list of settings.
    public static func help(_ declarations: [SettingDeclaration]) -> String {
        declarations.map { declaration in
            let fallback = declaration.fallbackText.isEmpty ? "none" : declaration.fallbackText
            let facts = declaration.isFlag ? "" : " Default: \(fallback). Expects \(declaration.expected)."
            return "  \(declaration.argument)  (\(declaration.variable))\n      \(declaration.summary).\(facts)\n"
        }.joined()
    }
}
