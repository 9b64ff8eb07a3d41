/// Where in a text each part of a document stands.
struct Positions {
    struct Place: Hashable {
        var line: Int
        var column: Int

        init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        /// Where a text ends.
        init(after text: some StringProtocol) {
            let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            self.init(line: lines.count, column: (lines.last?.count ?? 0) + 1)
        }
    }

    var key: Place?
    var value: Place
    var isScalar: Bool
    /// In the order of the document; of a map with the names of its entries.
    var parts: [Positions] = []
    var names: [String] = []

    /// The place of a part, or of the nearest part around it.
    func place(of path: String, atKey: Bool) -> Place {
        var part = self
        var rest = path[...]
        while !rest.isEmpty, let (inner, behind) = part.step(rest) {
            part = inner
            rest = behind
        }
        let byKey = (atKey && rest.isEmpty) || !part.isScalar
        return byKey ? part.key ?? part.value : part.value
    }

    /// The part that a path begins with, and what is left of the path.
    private func step(_ path: Substring) -> (Positions, Substring)? {
        if path.first == "[" {
            guard let end = path.firstIndex(of: "]"), let index = Int(path[path.index(after: path.startIndex)..<end]),
                parts.indices.contains(index)
            else { return nil }
            return (parts[index], path[path.index(after: end)...])
        }
        let name = path.first == "." ? path.dropFirst() : path
        for (index, known) in names.enumerated() where name.hasPrefix(known) {
            let rest = name.dropFirst(known.count)
            if rest.isEmpty || rest.first == "." || rest.first == "[" { return (parts[index], rest) }
        }
        return nil
    }
}
