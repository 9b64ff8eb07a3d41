/// Where in a text each part of a document stands.
struct Positions {
    struct Place: Hashable {
        var line: Int
        var column: Int
    }

    private struct Part {
        var key: Place?
        var value: Place
        var isScalar: Bool
    }

    private var parts: [String: Part] = [:]

    mutating func note(_ path: String, key: Place?, value: Place, isScalar: Bool) {
        parts[path] = Part(key: key, value: value, isScalar: isScalar)
    }

    /// The place of a part, or of the nearest part around it.
    func place(of path: String, atKey: Bool) -> Place? {
        var path = path[...]
        var exact = true
        while true {
            if let part = parts[String(path)] {
                let byKey = (atKey && exact) || !part.isScalar
                return byKey ? part.key ?? part.value : part.value
            }
            guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else {
                return path.isEmpty ? nil : parts[""]?.value
            }
            path = path[..<cut]
            exact = false
        }
    }
}
