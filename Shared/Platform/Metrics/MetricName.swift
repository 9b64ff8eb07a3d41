/// Names and labels as Prometheus wants them.
enum MetricName {
    /// Snake case of letters, digits and underscores: `rpc.inFlight` is `rpc_in_flight`.
    static func sanitised(_ label: String) -> String {
        var name = ""
        var afterLowercase = false
        for character in label.unicodeScalars {
            let isUppercase = ("A"..."Z").contains(character)
            if isUppercase && afterLowercase { name.append("_") }
            afterLowercase = ("a"..."z").contains(character) || ("0"..."9").contains(character)
            let isPlain = isUppercase || afterLowercase
            name.append(isPlain ? character.properties.lowercaseMapping : "_")
        }
        guard let first = name.unicodeScalars.first, !("0"..."9").contains(first) else { return "_" + name }
        return name
    }

    static func suffixed(_ label: String, _ suffix: String) -> String {
        let name = sanitised(label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// `{code="ok",method="/a/B"}`; empty without labels.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        let pairs = dimensions.map { (name: labelName($0.0), value: $0.1) }.sorted { $0.name < $1.name }
        return "{" + pairs.map { "\($0.name)=\"\(escapedValue($0.value))\"" }.joined(separator: ",") + "}"
    }

    /// The bucket's bound joins the other labels.
    static func labels(_ labels: String, bound: String) -> String {
        labels.isEmpty ? "{le=\"\(bound)\"}" : labels.dropLast() + ",le=\"\(bound)\"}"
    }

    static func escapedHelp(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    /// `le` and `quantile` belong to the format.
    private static func labelName(_ name: String) -> String {
        let sanitised = sanitised(name)
        return sanitised == "le" || sanitised == "quantile" ? "label_" + sanitised : sanitised
    }

    private static func escapedValue(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
